import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOf } from '../../../test/contract/socket-source.ts';
import type { ProcessRef } from '../../linux/socket-source.ts';
import { type Address, formatAddress, isIPv4 } from '../../tcp/address.ts';
import { FourtupleError } from '../../tcp/error.ts';
import { formatEndpoint } from '../../tcp/lane.ts';
import { TcpState, type TcpStateName, tcpStateName } from '../../tcp/state.ts';
import { readCapture } from './capture.ts';

const EVERY_STATE = 0x3fff;

/** A socket as the captured machine knows it. */
interface Original {
  readonly state: TcpStateName;
  readonly local: Address;
  readonly localPort: number;
  readonly remote: Address;
  readonly remotePort: number;
  readonly zone: string | null;
  /** Of a time-wait minisock, in hundredths of a second; null for any other socket. */
  readonly ticksLeft: number | null;
  readonly inode: number;
  readonly owners: readonly ProcessRef[];
}

const word = fc.nat(0xffff_ffff);
const ipv4 = word.map((bits): Address => [0, 0, 0xffff, bits]);
const ipv6 = fc.tuple(fc.constantFrom(0x20010db8, 0xfe800000, 0xfd000000), fc.constantFrom(0, 0xabcd0001), word, word);
const addresses = fc.oneof(fc.tuple(ipv4, ipv4), fc.tuple(ipv6, ipv6));
const port = fc.oneof(fc.integer({ min: 1, max: 65_535 }), fc.integer({ min: 32_768, max: 60_999 }));
/** Whatever fits the kernel's 15 bytes but line ends, which end lines. */
const processName = fc
  .string({ unit: fc.constantFrom(...'ab",()=12 pidf:/-'.split('')), minLength: 1, maxLength: 15 })
  .filter((name) => name.trim() === name);
const owner = fc.record({ pid: fc.integer({ min: 1, max: 4_194_304 }), name: processName });

const connection = fc
  .record({
    state: fc.constantFrom<TcpStateName>('ESTABLISHED', 'TIME_WAIT', 'FIN_WAIT2', 'CLOSE_WAIT', 'SYN_SENT', 'LAST_ACK'),
    ends: addresses,
    localPort: port,
    remotePort: port,
    zone: fc.constantFrom(null, 'eth0', 'vlan.100', 'wg-1'),
    ticksLeft: fc.oneof(fc.nat(6000), fc.nat(20_000)),
    isOrphan: fc.boolean(),
    inode: fc.integer({ min: 1, max: 0x3ff_ffff }),
    owners: fc.uniqueArray(owner, { maxLength: 3, selector: ({ pid }) => pid }),
  })
  .map(({ ends: [local, remote], isOrphan, ...rest }): Original => {
    const isMinisock = rest.state === 'TIME_WAIT' || (rest.state === 'FIN_WAIT2' && isOrphan);
    if (isMinisock) return { ...rest, local, remote, inode: 0, owners: [] };
    return { ...rest, local, remote, ticksLeft: null };
  });
const listener = fc
  .record({ ends: addresses, localPort: port, inode: fc.integer({ min: 1, max: 0x3ff_ffff }) })
  .map(({ ends: [local], localPort, inode }): Original => {
    const remote: Address = isIPv4(local) ? [0, 0, 0xffff, 0] : [0, 0, 0, 0];
    const fixed = { state: 'LISTEN', remotePort: 0, zone: null, ticksLeft: null, owners: [] } as const;
    return { ...fixed, local, localPort, remote, inode };
  });
const originals = fc
  .uniqueArray(fc.oneof({ weight: 4, arbitrary: connection }, { weight: 1, arbitrary: listener }), {
    minLength: 1,
    maxLength: 20,
    selector: originalKey,
  })
  .map((sockets) =>
    sockets.map((socket, index) => ({ ...socket, inode: socket.inode * 32 + (socket.inode && index) })),
  );

function originalKey({ state, local, localPort, remote, remotePort }: Original): string {
  // Without the state: a connection is one, whatever becomes of it.
  const kind = state === 'LISTEN' ? state : 'connection';
  return `${kind} ${formatAddress(local)} ${localPort} ${formatAddress(remote)} ${remotePort}`;
}

const SS_STATES: Readonly<Record<string, string>> = { ESTABLISHED: 'ESTAB', FIN_WAIT2: 'FIN-WAIT-2' };

function ssEndpoint(address: Address, at: number, zone: string | null): string {
  const host = formatAddress(address);
  const bracketed = isIPv4(address) ? host : `[${host}]`;
  return `${bracketed}${zone === null ? '' : `%${zone}`}:${at === 0 ? '*' : at}`;
}

/** print_ms_timer() of a current iproute2. */
function ssTime(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  const rest = seconds % 60;
  const fraction = `${ms % 1000}`.padStart(3, '0');
  if (minutes > 9) return `${minutes}min`;
  if (minutes > 0) return `${minutes}min${rest > 0 ? `${rest}sec` : ''}`;
  if (rest > 9) return `${rest}sec`;
  if (rest > 0) return fraction === '000' ? `${rest}sec` : `${rest}.${fraction}sec`;
  return fraction === '000' ? '' : `${fraction}ms`;
}

function ss(sockets: readonly Original[], flags: string): string {
  const rows = sockets.map(({ state, local, localPort, remote, remotePort, zone, ticksLeft, inode, owners }) => {
    const users = owners.map(({ pid, name }) => `("${name}",pid=${pid},fd=${pid % 9})`).join(',');
    const name = SS_STATES[state] ?? state.replace('_', '-');
    return [
      name.padEnd(10),
      '0      0     ',
      ssEndpoint(local, localPort, zone).padStart(40),
      ssEndpoint(remote, remotePort, null).padStart(40),
      flags.includes('p') && owners.length > 0 ? `users:(${users})` : '',
      flags.includes('o') && ticksLeft !== null ? `timer:(timewait,${ssTime(ticksLeft * 10)},0)` : '',
      flags.includes('e') ? `ino:${inode} sk:${(inode * 7).toString(16)} cgroup:/a b/${name} <->` : '',
    ].join(' ');
  });
  return ['State Recv-Q Send-Q Local Address:Port Peer Address:Port Process', ...rows, ''].join('\n');
}

function netstat(sockets: readonly Original[], flags: string): string {
  const names: Readonly<Record<string, string>> = { FIN_WAIT1: 'FIN_WAIT1', FIN_WAIT2: 'FIN_WAIT2' };
  const columns = `${flags.includes('e') ? ' User       Inode     ' : ''}${flags.includes('p') ? ' PID/Program name    ' : ''}${flags.includes('o') ? ' Timer' : ''}`;
  const rows = sockets.map(({ state, local, localPort, remote, remotePort, ticksLeft, inode, owners: [first] }) => {
    const program = first === undefined ? '-' : `${first.pid}/${first.name}`;
    return [
      `${isIPv4(local) ? 'tcp ' : 'tcp6'}       0      0`,
      `${formatAddress(local)}:${localPort}`.padEnd(23),
      `${formatAddress(remote)}:${remotePort === 0 ? '*' : remotePort}`.padEnd(23),
      (names[state] ?? state).padEnd(11),
      flags.includes('e') ? `0          ${`${inode}`.padEnd(10)}` : '',
      flags.includes('p') ? program.padEnd(20) : '',
      flags.includes('o')
        ? `${ticksLeft === null ? 'off (0.00' : `timewait (${(ticksLeft / 100).toFixed(2)}`}/0/0)`
        : '',
    ].join(' ');
  });
  const title = 'Active Internet connections (servers and established)';
  return [title, `Proto Recv-Q Send-Q Local Address  Foreign Address  State ${columns}`, ...rows, ''].join('\n');
}

function procNetTcp(sockets: readonly Original[]): string {
  const hex = (value: number, digits: number): string => value.toString(16).toUpperCase().padStart(digits, '0');
  const swapped = (bits: number): string => hex(Buffer.from(Uint32Array.of(bits).buffer).readUInt32BE(), 8);
  const endpoint = (address: Address, at: number): string =>
    `${(isIPv4(address) ? address.slice(3) : address).map(swapped).join('')}:${hex(at, 4)}`;
  const rows = sockets.map(
    ({ state, local, localPort, remote, remotePort, ticksLeft, inode }, index) =>
      `${`${index}`.padStart(4)}: ${endpoint(local, localPort)} ${endpoint(remote, remotePort)} ${hex(TcpState[state], 2)} ` +
      `00000000:00000000 ${ticksLeft === null ? '00:00000000' : `03:${hex(ticksLeft, 8)}`} 00000000     0        0 ${inode} 1 0`,
  );
  const header = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
  return [header, ...rows, ''].join('\n');
}

const FORMATS: readonly (readonly [name: string, render: (sockets: readonly Original[]) => string])[] = [
  ['ss -tan', (sockets) => ss(sockets, '')],
  ['ss -tano', (sockets) => ss(sockets, 'o')],
  ['ss -tanoep', (sockets) => ss(sockets, 'oep')],
  ['ss -tanp', (sockets) => ss(sockets, 'p')],
  ['netstat -tanW', (sockets) => netstat(sockets, '')],
  ['netstat -tanpoeW', (sockets) => netstat(sockets, 'poe')],
  ['/proc/net/tcp', procNetTcp],
];

interface Read {
  readonly key: string;
  readonly isTimeWait: boolean;
  readonly leftMs: number;
  readonly zone: string | null;
  readonly owners: readonly ProcessRef[];
}

function readAll(text: Uint8Array | string): Map<string, Read> {
  const capture = readCapture(text, 'capture');
  const found = new Map<string, Read>();
  capture.source.forEachSocket({ states: EVERY_STATE }, (socket) => {
    found.set(keyOf(socket), {
      key: keyOf(socket),
      isTimeWait: socket.isTimeWait,
      leftMs: socket.timeWaitLeftMs,
      zone: capture.zones.get(socket.interfaceIndex) ?? null,
      owners: capture.owners.get(socket.inode) ?? [],
    });
  });
  return found;
}

/** What is read, or undefined where the capture is refused as it should be. */
function tryReadAll(text: Uint8Array | string): Map<string, Read> | undefined {
  try {
    return readAll(text);
  } catch (error) {
    if (error instanceof FourtupleError && error.code === 'FT_CAPTURE') return undefined;
    throw error;
  }
}

describe.each(FORMATS)('%s', (name, render) => {
  const [tool = '', flags = ''] = name.split(' -');
  const tellsTimers = flags.includes('o') || tool.startsWith('/');
  /** netstat leaves out what it may have cut, unless some longer address shows that it cuts nothing. */
  const isWhole = (sockets: readonly Original[]): boolean =>
    tool !== 'netstat' ||
    sockets.some(({ local, localPort }) => `${formatAddress(local)}:${localPort}`.length > 23) ||
    sockets.every(({ local, localPort, remote, remotePort }) =>
      [`${formatAddress(local)}:${localPort}`, `${formatAddress(remote)}:${remotePort || '*'}`].every(
        (endpoint) => endpoint.length !== 23,
      ),
    );

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(originals.filter(isWhole), (sockets) => {
        const found = readAll(render(sockets));
        expect(found.size).toBe(sockets.length);
        for (const original of sockets) {
          const { state, local, localPort, remote, remotePort, ticksLeft, zone, owners } = original;
          const socket = found.get(
            `${state} ${formatEndpoint(formatAddress(local), localPort)} ${formatEndpoint(formatAddress(remote), remotePort)}`,
          );
          if (socket === undefined) throw new Error(`${originalKey(original)} is missing`);
          if (state === 'TIME_WAIT' || tellsTimers || flags.includes('e')) {
            expect(socket.isTimeWait).toBe(ticksLeft !== null);
          }
          const tolerance = tool === 'ss' ? (ticksLeft !== null && ticksLeft >= 60_000 ? 60_000 : 999) : 0;
          if (ticksLeft !== null && tellsTimers) {
            expect(socket.leftMs).toBeLessThanOrEqual(ticksLeft * 10);
            expect(socket.leftMs).toBeGreaterThanOrEqual(ticksLeft * 10 - tolerance);
          } else expect(socket.leftMs).toBe(-1);
          if (tool === 'ss') expect(socket.zone).toBe(zone);
          if (flags.includes('p')) expect(socket.owners).toEqual(tool === 'ss' ? owners : owners.slice(0, 1));
        }
      }),
    );
  });

  /** Whether blanks at the ends of lines are gone, as they are behind many an editor. */
  const trimmed = fc.boolean();

  it('cut at any byte gives no socket that it did not hold, and says nothing new of those it did', () => {
    fc.assert(
      fc.property(originals, fc.nat(250), trimmed, (sockets, missing, trim) => {
        const whole = trim ? render(sockets).replaceAll(/ +$/gm, '') : render(sockets);
        const text = Buffer.from(whole);
        const at = Math.max(0, text.length - missing);
        const all = tryReadAll(text) ?? new Map<string, Read>();
        const some = tryReadAll(text.subarray(0, at)) ?? new Map<string, Read>();
        let withoutDetails = 0;
        for (const [key, socket] of some) {
          const original = all.get(key);
          if (JSON.stringify(original) === JSON.stringify(socket)) continue;
          withoutDetails += 1;
          expect(socket).toEqual({ ...original, leftMs: -1, owners: [] });
        }
        expect(withoutDetails).toBeLessThanOrEqual(1);
        const lines = text.subarray(0, at).toString().split('\n').length - 1;
        const headers = tool === 'netstat' ? 2 : 1;
        if (isWhole(sockets) && tool !== 'netstat') expect(some.size).toBeGreaterThanOrEqual(lines - headers);
      }),
      { numRuns: 300 },
    );
  });

  it('with one byte changed, added or missing is read but for the lines that the byte is in', () => {
    const change = fc.record({
      where: fc.double({ min: 0, max: 1, noNaN: true }),
      kind: fc.constantFrom('change', 'add', 'remove'),
      byte: fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from(' \n\r:.%"),0123456789abcdefABCDEF'))),
    });
    fc.assert(
      fc.property(originals, change, (sockets, { where, kind, byte }) => {
        const text = Buffer.from(render(sockets));
        const at = Math.floor(where * (text.length - 1));
        const kept = kind === 'add' ? at : at + 1;
        const changed = Buffer.concat([
          text.subarray(0, at),
          kind === 'remove' ? Buffer.of() : Buffer.of(byte),
          text.subarray(kept),
        ]);
        const all = tryReadAll(text);
        const some = tryReadAll(changed);
        if (all === undefined || some === undefined) return;
        expect([...some.keys()].filter((key) => !all.has(key)).length).toBeLessThanOrEqual(2);
        if (tool === 'netstat') return;
        expect([...all.keys()].filter((key) => !some.has(key)).length).toBeLessThanOrEqual(2);
      }),
      { numRuns: 300 },
    );
  });
});

describe('hostile text', () => {
  const vocabulary = fc.constantFrom(
    ...[
      'ESTAB',
      'TIME-WAIT',
      'LISTEN',
      'tcp',
      'tcp6',
      'udp',
      'ESTABLISHED',
      '0',
      '10.0.0.5:41000',
      '[::1]:80',
      '*:*',
      '*:80',
    ],
    ...[
      'users:(("a",pid=1,fd=2))',
      'users:((',
      '"),',
      'timer:(timewait,52sec,0)',
      'ino:12 sk:1',
      'timewait (1.00/0/0)',
    ],
    ...[
      '0100007F:0050',
      '06',
      '00000000:00000000',
      '03:0000171E',
      '1:',
      '12/nginx',
      'Netid',
      'State',
      '%eth0',
      '::ffff:10.0.0.5:80',
    ],
    ...[
      'Recv-Q Send-Q Local Address:Port Peer Address:Port',
      'Proto Recv-Q Send-Q Local Address Foreign Address State',
    ],
    ...[
      'sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      '$ ss',
      '\u001b[2J',
    ],
  );
  const words = fc.array(fc.tuple(vocabulary, fc.constantFrom(' ', ' ', '\n', '\r\n', '\t', '', '\0')), {
    maxLength: 60,
  });
  const mixed = words.map((parts) => parts.map(([text, blank]) => text + blank).join(''));
  const slices = fc
    .array(fc.tuple(fc.constantFrom('ss-tanoep', 'netstat-tanpo', 'proc-net-tcp', 'ss-an'), fc.nat(8000), fc.nat(400)))
    .map((pieces) => Buffer.concat(pieces.map(([file, from, length]) => fixture(file).subarray(from, from + length))));

  it('is read or refused, never more; what it gives fits together and can be printed', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ maxLength: 400 }), fc.string(), mixed, slices),
        fc.string(),
        (text, name) => {
          try {
            const capture = readCapture(text, name);
            expect(capture.warnings.join('')).not.toMatch(/\p{Cc}/u);
            expect(capture.warnings.length).toBeLessThanOrEqual(6);
            capture.source.forEachSocket({ states: EVERY_STATE }, (socket) => {
              expect(tcpStateName(socket.state)).toBeDefined();
              expect(socket.timeWaitLeftMs === -1 || socket.isTimeWait).toBe(true);
              if (socket.state === TcpState.CLOSE) return;
              const hasTwoEnds = socket.state !== TcpState.LISTEN && socket.state !== TcpState.BOUND_INACTIVE;
              expect(socket.remotePort > 0).toBe(hasTwoEnds);
            });
            for (const { name: process } of [...capture.owners.values()].flat()) expect(process).not.toMatch(/\p{Cc}/u);
          } catch (error) {
            if (!(error instanceof FourtupleError)) throw error;
            expect(error.code).toBe('FT_CAPTURE');
            expect(error.message).not.toMatch(/\p{Cc}/u);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['a line without an end', 'ESTAB '.repeat(500_000)],
    ['owners without an end', `ESTAB 0 0 10.0.0.5:1 10.0.0.5:2 users:(${'("a",pid=1,fd=2),'.repeat(200_000)}\n`],
    ['owners that never are', `ESTAB 0 0 10.0.0.5:1 10.0.0.5:2 users:((${'"",pid=1,proc_ctx='.repeat(200_000)}\n`],
    ['digits', `ESTAB 0 0 ${'1'.repeat(3_000_000)}:1 1.1.1.1:1\n`],
    ['lines that are none', '$\n'.repeat(300_000)],
    ['a timer of netstat', `tcp 0 0 10.0.0.5:1 10.0.0.5:2 ESTABLISHED ${'off '.repeat(500_000)}\n`],
    ['blanks', `ESTAB${' '.repeat(3_000_000)}\n`],
    ['blanks in front of a timer', `tcp 0 0 10.0.0.5:1 10.0.0.5:2 ESTABLISHED 1/a${' '.repeat(300_000)}b\n`],
  ])('takes no longer than its length asks for: %s', (_, text) => {
    const start = performance.now();
    tryReadAll(text);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

function fixture(name: string): Buffer {
  return readFileSync(new URL(`../../../test/fixtures/captures/${name}.txt`, import.meta.url));
}
