import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cgroupId, connection, ipv6Only, socketOptions } from '../../test/kit/inet-diag-encoder.ts';
import { at, idle, lane, listener, ports, SCENE_RANGE, type Scene, scanOf } from '../../test/kit/scans.ts';
import { formatAddress } from '../tcp/address.ts';
import { TcpState } from '../tcp/state.ts';
import type { SocketScanner } from './scan.ts';

const SOURCE = '10.0.0.5';
const BACKEND = '10.0.1.9';

/** The lanes that were found, with the local ports that each holds: `10.0.0.5>10.0.1.9 80`. */
function lanesOf(scan: SocketScanner): Record<string, number[]> {
  const found: Record<string, number[]> = {};
  for (let row = 0; row < scan.sockets.size; row += 1) {
    const number = scan.sockets.lane(row);
    const { lanes } = scan;
    const device = lanes.interfaceIndex(number) === 0 ? '' : ` by ${lanes.interfaceIndex(number)}`;
    const name = `${formatAddress(lanes.source(number))}>${formatAddress(lanes.destination(number))} ${lanes.port(number)}${device}`;
    found[name] = [...(found[name] ?? []), scan.sockets.port(row)];
  }
  return found;
}

const outcome = (scene: Scene): object => {
  const scan = scanOf(scene);
  return { lanes: lanesOf(scan), outside: scan.outsideLanes };
};

describe('a scan of sockets', () => {
  it('gives each connection from the range a slot of its lane, in whatever state', () => {
    const states = [TcpState.ESTABLISHED, TcpState.SYN_SENT, TcpState.CLOSE_WAIT, TcpState.LAST_ACK, TcpState.CLOSING];
    const sockets = [
      ...states.flatMap((state, index) => lane(SOURCE, BACKEND, 80, [40_000 + index], { state })),
      ...lane(SOURCE, BACKEND, 80, [40_090], { leftMs: 1_000 }),
      ...lane(SOURCE, BACKEND, 80, [40_091], { state: TcpState.FIN_WAIT2, timer: 3 }),
    ];
    const scan = scanOf({ sockets });
    expect(lanesOf(scan)).toEqual({ '10.0.0.5>10.0.1.9 80': [40_000, 40_001, 40_002, 40_003, 40_004, 40_090, 40_091] });
    const minisocks = Array.from({ length: scan.sockets.size }, (_, row) => scan.sockets.isTimeWait(row));
    expect(minisocks).toEqual([false, false, false, false, false, true, true]);
  });

  it('keeps lanes apart by source, destination, port and device', () => {
    const sockets = [
      ...lane(SOURCE, BACKEND, 80, [40_000]),
      ...lane('10.0.0.6', BACKEND, 80, [40_000]),
      ...lane(SOURCE, '10.0.1.8', 80, [40_000]),
      ...lane(SOURCE, BACKEND, 81, [40_000]),
      ...lane(SOURCE, BACKEND, 80, [40_000], { interfaceIndex: 7 }),
    ];
    expect(outcome({ sockets })).toEqual({
      lanes: {
        '10.0.0.5>10.0.1.9 80': [40_000],
        '10.0.0.6>10.0.1.9 80': [40_000],
        '10.0.0.5>10.0.1.8 80': [40_000],
        '10.0.0.5>10.0.1.9 81': [40_000],
        '10.0.0.5>10.0.1.9 80 by 7': [40_000],
      },
      outside: 0,
    });
  });

  it('takes IPv4-mapped sockets of IPv6 for the IPv4 lane that they are in', () => {
    const sockets = [
      ...lane(SOURCE, BACKEND, 80, [40_000]),
      ...lane(SOURCE, BACKEND, 80, [40_001], { family: 'ipv6' }),
    ];
    expect(outcome({ sockets })).toEqual({ lanes: { '10.0.0.5>10.0.1.9 80': [40_000, 40_001] }, outside: 0 });
  });

  it('gives no slot to a connection from outside the range: it was not even asked for', () => {
    const sockets = lane(SOURCE, BACKEND, 80, [39_999, 40_000, 40_099, 40_100]);
    expect(outcome({ sockets })).toEqual({ lanes: { '10.0.0.5>10.0.1.9 80': [40_000, 40_099] }, outside: 0 });
  });

  it('gives no slot to a connection on a reserved port', () => {
    expect(outcome({ sockets: lane(SOURCE, BACKEND, 80, [40_000, 40_001]), reserved: [40_001] })).toEqual({
      lanes: { '10.0.0.5>10.0.1.9 80': [40_000] },
      outside: 1,
    });
  });

  it.each([
    ['its own address', listener(SOURCE, 40_010), true],
    ['any address of IPv4', listener('0.0.0.0', 40_010), true],
    ['any address', listener('::', 40_010), true],
    ['any address of IPv6 only', listener('::', 40_010, { attributes: [ipv6Only(true)] }), false],
    ['another address', listener('10.0.0.6', 40_010), false],
    ['another port', listener(SOURCE, 40_011), false],
    ['a device that it does not come by', listener(SOURCE, 40_010, { interfaceIndex: 2 }), false],
  ])('takes a connection on a port that is listened on at %s for inbound or not', (_, listening, inbound) => {
    const sockets = [listening, ...lane(SOURCE, '192.0.2.1', 55_555, [40_010])];
    const lanes = inbound ? {} : { '10.0.0.5>192.0.2.1 55555': [40_010] };
    expect(outcome({ sockets })).toEqual({ lanes, outside: inbound ? 1 : 0 });
  });

  it('keeps all listeners, whatever their port', () => {
    const scan = scanOf({ sockets: [listener('::', 80), listener(SOURCE, 40_010), listener(SOURCE, 65_000)] });
    expect(scan.listeners.map(({ port, kind }) => [port, kind])).toEqual([
      [80, 'listener'],
      [40_010, 'listener'],
      [65_000, 'listener'],
    ]);
  });

  it('tells bound and idle sockets from live ones bound to their port, and leaves out accepted ones', () => {
    const live = connection([at(SOURCE), 40_020], [at(BACKEND), 80], { inode: 21 });
    const accepted = connection([at(SOURCE), 40_010], [at('192.0.2.1'), 55_555], { inode: 22 });
    const scan = scanOf({
      sockets: [listener('0.0.0.0', 40_010), live, accepted],
      bound: [idle(SOURCE, 40_030, { inode: 23 }), live, accepted],
    });
    expect(scan.bound.map(({ kind, port, inode }) => ({ kind, port, inode }))).toEqual([
      { kind: 'bound-idle', port: 40_030, inode: 23 },
      { kind: 'bound-before-connect', port: 40_020, inode: 21 },
    ]);
  });

  it('remembers the first cgroup of each lane, of its live sockets', () => {
    const sockets = ports(0, 400).flatMap((index) => [
      ...lane(SOURCE, BACKEND, 1_000 + index, [40_000], { leftMs: 100 }),
      ...lane(SOURCE, BACKEND, 1_000 + index, [40_001]),
      ...lane(SOURCE, BACKEND, 1_000 + index, [40_002], { attributes: [cgroupId(BigInt(5_000 + index))] }),
      ...lane(SOURCE, BACKEND, 1_000 + index, [40_003], { attributes: [cgroupId(1n)] }),
    ]);
    const scan = scanOf({ sockets });
    expect(scan.lanes.size).toBe(401);
    for (const index of [0, 255, 256, 257, 400]) expect(scan.laneCgroup[index]).toBe(5_000 + index);
  });

  it('remembers IP_BIND_ADDRESS_NO_PORT where it matters: on ports that bind() prefers', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.nat(99), (set, offset) => {
        const port = SCENE_RANGE.low + offset;
        const { sockets } = scanOf({
          sockets: lane(SOURCE, BACKEND, 80, [port], { attributes: [socketOptions(set)] }),
        });
        expect(sockets.bindAddressNoPort(0)).toBe(set && offset % 2 === 1);
      }),
    );
  });
});
