import { describe, expect, it } from 'vitest';
import type { SocketFilter, SocketSource, SocketView } from '../../src/linux/socket-source.ts';
import { formatAddress } from '../../src/tcp/address.ts';
import { formatEndpoint } from '../../src/tcp/lane.ts';
import { CONNECTED_STATES, stateMask, TCP_STATE_COUNT, TcpState, tcpStateName } from '../../src/tcp/state.ts';

const LISTENING = stateMask(TcpState.LISTEN);
const CONNECTED_OR_LISTENING = CONNECTED_STATES | LISTENING;
const LARGEST_INODE = 2 ** 32 - 1;

/** A source under test. */
export interface SourceUnderTest {
  readonly source: SocketSource;
  /** Called when the test ends. */
  close?(): void;
}

/**
 * What every source of sockets promises. The sockets behind it must not change between two questions, there must be ten
 * at least, and among them listeners, connections and TIME_WAIT.
 *
 * @param make called in each test, after the `beforeEach` hooks
 */
export function socketSourceContract(name: string, make: () => SourceUnderTest | Promise<SourceUnderTest>): void {
  const test = (what: string, body: (source: SocketSource) => void): void => {
    it(what, async () => {
      const made = await make();
      try {
        body(made.source);
      } finally {
        made.close?.();
      }
    });
  };

  describe(`${name} is a source of sockets: it`, () => {
    test('has a name', (source) => expect(source.name).not.toBe(''));

    test('gives listeners, connections and TIME_WAIT, the same ones each time', (source) => {
      const all = keys(source, { states: CONNECTED_OR_LISTENING });
      expect(all.length).toBeGreaterThanOrEqual(10);
      expect(keys(source, { states: CONNECTED_OR_LISTENING })).toEqual(all);
      for (const state of [TcpState.LISTEN, TcpState.ESTABLISHED, TcpState.TIME_WAIT]) {
        expect(keys(source, { states: stateMask(state) })).not.toEqual([]);
      }
    });

    test('gives the sockets of the states asked for and no others', (source) => {
      const all = keys(source, { states: CONNECTED_OR_LISTENING });
      const apart: string[] = [];
      for (let state = 1; state < TCP_STATE_COUNT; state += 1) {
        if ((CONNECTED_OR_LISTENING & (1 << state)) === 0) continue;
        source.forEachSocket({ states: 1 << state }, (socket) => {
          expect(socket.state).toBe(state);
          apart.push(keyOf(socket));
        });
      }
      expect(apart.sort()).toEqual(all);
      expect(keys(source, { states: 0 })).toEqual([]);
    });

    test('gives the sockets of the local ports asked for and no others, both ends included', (source) => {
      const ports = localPorts(source).sort((a, b) => a - b);
      const [low, high] = [ports[Math.floor(ports.length / 4)] ?? 0, ports[Math.floor((ports.length * 3) / 4)] ?? 0];
      for (const range of [
        { low, high },
        { low, high: low },
        { low: high, high },
        { low: 0, high: 65_535 },
      ]) {
        expect(localPorts(source, range).sort((a, b) => a - b)).toEqual(
          ports.filter((port) => port >= range.low && port <= range.high),
        );
      }
    });

    test('gives sockets whose fields fit each other', (source) => {
      source.forEachSocket({ states: CONNECTED_OR_LISTENING }, (socket) => {
        expect(tcpStateName(socket.state)).toBeDefined();
        expectInteger(socket.localPort, 1, 65_535);
        expectInteger(socket.remotePort, socket.state === TcpState.LISTEN ? 0 : 1, 65_535);
        if (socket.state === TcpState.LISTEN) expect(socket.remotePort).toBe(0);
        expectInteger(socket.interfaceIndex, 0, 2 ** 31 - 1);
        expectInteger(socket.inode, 0, LARGEST_INODE);
        expectInteger(socket.cgroupId, 0, Number.MAX_SAFE_INTEGER);
        expectInteger(socket.timeWaitLeftMs, -1, 2 ** 31 - 1);
        if (socket.state === TcpState.TIME_WAIT) expect(socket.isTimeWait).toBe(true);
        if (socket.isTimeWait) expect([TcpState.TIME_WAIT, TcpState.FIN_WAIT2]).toContain(socket.state);
        else expect(socket.timeWaitLeftMs).toBe(-1);
      });
    });

    test('copies addresses to the first eight words and touches no others', (source) => {
      const words = new Uint32Array(10).fill(0x5a5a5a5a);
      let sockets = 0;
      source.forEachSocket({ states: CONNECTED_STATES }, (socket) => {
        socket.copyAddresses(words);
        sockets += 1;
        expect([words[8], words[9]]).toEqual([0x5a5a5a5a, 0x5a5a5a5a]);
        expect(words.subarray(0, 4).some((word) => word !== 0)).toBe(true);
        expect(words.subarray(4, 8).some((word) => word !== 0)).toBe(true);
      });
      expect(sockets).toBeGreaterThan(0);
    });

    test('passes on what the visitor throws, and can be asked again', (source) => {
      const all = keys(source, { states: CONNECTED_OR_LISTENING });
      const stop = new Error('stop');
      expect(() =>
        source.forEachSocket({ states: CONNECTED_OR_LISTENING }, () => {
          throw stop;
        }),
      ).toThrow(stop);
      expect(keys(source, { states: CONNECTED_OR_LISTENING })).toEqual(all);
    });
  });
}

/** A socket as text: what every source knows of it. */
export function keyOf(socket: SocketView): string {
  const words = new Uint32Array(8);
  socket.copyAddresses(words);
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = words;
  const local = formatEndpoint(formatAddress([a, b, c, d]), socket.localPort);
  const remote = formatEndpoint(formatAddress([e, f, g, h]), socket.remotePort);
  return `${tcpStateName(socket.state)} ${local} ${remote}`;
}

/** The sockets of a source as {@link keyOf} writes them, sorted. */
export function keys(source: SocketSource, wanted: SocketFilter): string[] {
  const found: string[] = [];
  source.forEachSocket(wanted, (socket) => found.push(keyOf(socket)));
  return found.sort();
}

function localPorts(source: SocketSource, range?: { low: number; high: number }): number[] {
  const found: number[] = [];
  const wanted = { states: CONNECTED_OR_LISTENING, ...(range === undefined ? {} : { localPorts: range }) };
  source.forEachSocket(wanted, (socket) => found.push(socket.localPort));
  return found;
}

function expectInteger(value: number, low: number, high: number): void {
  expect(Number.isInteger(value) && value >= low && value <= high, `${value} is from ${low} to ${high}`).toBe(true);
}
