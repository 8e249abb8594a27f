import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keyOf, keys, socketSourceContract } from '../../test/contract/socket-source.ts';
import { anyIPv4, anyIPv6, anyPort } from '../../test/kit/arbitraries.ts';
import { type Address, isIPv4 } from '../tcp/address.ts';
import { CONNECTED_STATES, stateMask, TcpState } from '../tcp/state.ts';
import { ProcNetTcp } from './proc-net-tcp.ts';

const EVERYTHING = { states: CONNECTED_STATES | stateMask(TcpState.LISTEN) };
/** What is read at a time; lines stand across its borders. */
const CHUNK = 262_144;
const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';

interface Row {
  readonly local: Address;
  readonly localPort: number;
  readonly remote: Address;
  readonly remotePort: number;
  readonly state: TcpState;
  /** Hundredths of a second, for a time-wait minisock. */
  readonly ticks: number;
  readonly inode: number;
}

/** A line as `get_tcp4_sock()` and `get_timewait4_sock()` write it, padded as the kernel pads it. */
function lineOf(row: Row, index: number): string {
  const hex = (value: number, digits: number): string => value.toString(16).toUpperCase().padStart(digits, '0');
  const swapped = (word: number): number =>
    (((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
  const text = (address: Address): string =>
    (isIPv4(row.local) ? [address[3]] : [...address]).map((word) => hex(swapped(word), 8)).join('');
  const minisock = row.state === TcpState.TIME_WAIT;
  const ends = `${text(row.local)}:${hex(row.localPort, 4)} ${text(row.remote)}:${hex(row.remotePort, 4)}`;
  const timer = minisock ? `03:${hex(row.ticks, 8)}` : '00:00000000';
  const line = `${`${index}`.padStart(4)}: ${ends} ${hex(row.state, 2)} 00000000:00000000 ${timer} 00000000     0        0 ${minisock ? 0 : row.inode} 1 00000000aed7ebd4`;
  return `${line.padEnd(149)}\n`;
}

const anyRow = fc
  .record({
    ends: fc.oneof(
      fc.tuple(anyIPv4, anyIPv4),
      fc.tuple(
        anyIPv6.filter((address) => !isIPv4(address)),
        anyIPv6,
      ),
    ),
    localPort: anyPort,
    remotePort: anyPort,
    state: fc.constantFrom(TcpState.ESTABLISHED, TcpState.TIME_WAIT, TcpState.LISTEN, TcpState.CLOSE_WAIT),
    ticks: fc.nat(6_000),
    inode: fc.nat(0xffff_ffff),
  })
  .map(({ ends: [local, remote], ...row }): Row => ({ ...row, local, remote }));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fourtuple-proc-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(rows: readonly Row[]): ProcNetTcp {
  const lines = (wanted: readonly Row[]): string => HEAD + wanted.map(lineOf).join('');
  writeFileSync(join(folder, 'tcp'), lines(rows.filter(({ local }) => isIPv4(local))));
  writeFileSync(join(folder, 'tcp6'), lines(rows.filter(({ local }) => !isIPv4(local))));
  return new ProcNetTcp(folder);
}

const numbered = (index: number, state: TcpState = TcpState.ESTABLISHED): Row => ({
  local: [0, 0, 0xffff, 0x0a000005],
  localPort: 10_000 + (index % 50_000),
  remote: [0, 0, 0xffff, 0x0a000109],
  remotePort: state === TcpState.LISTEN ? 0 : 8080,
  state,
  ticks: 100,
  inode: index + 1,
});

socketSourceContract('/proc/net/tcp', () => {
  const states = [TcpState.LISTEN, TcpState.ESTABLISHED, TcpState.TIME_WAIT] as const;
  return { source: write(Array.from({ length: 12 }, (_, index) => numbered(index, states[index % 3]))) };
});

describe('/proc/net/tcp', () => {
  it('gives the sockets of both of its files as the kernel wrote them', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 6 }), (rows) => {
        const found: unknown[] = [];
        const words = new Uint32Array(8);
        write(rows).forEachSocket(EVERYTHING, (socket) => {
          socket.copyAddresses(words);
          const { localPort, remotePort, state, inode, timeWaitLeftMs } = socket;
          found.push({ words: [...words], localPort, remotePort, state, inode, timeWaitLeftMs });
        });
        const ordered = [...rows.filter(({ local }) => isIPv4(local)), ...rows.filter(({ local }) => !isIPv4(local))];
        expect(found).toEqual(
          ordered.map(({ local, remote, localPort, remotePort, state, inode, ticks }) => {
            const minisock = state === TcpState.TIME_WAIT;
            const own = { inode: minisock ? 0 : inode, timeWaitLeftMs: minisock ? ticks * 10 : -1 };
            return { words: [...local, ...remote], localPort, remotePort, state, ...own };
          }),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('is read in parts, at whose borders no line is lost', () => {
    const rows = Array.from({ length: Math.ceil((2.5 * CHUNK) / 150) }, (_, index) => numbered(index));
    const inodes: number[] = [];
    write(rows).forEachSocket(EVERYTHING, ({ inode }) => inodes.push(inode));
    expect(inodes).toEqual(rows.map(({ inode }) => inode));
  });

  it('has no sockets where its files have none', () => {
    expect(keys(write([]), EVERYTHING)).toEqual([]);
    writeFileSync(join(folder, 'tcp6'), '');
    expect(keys(new ProcNetTcp(folder), EVERYTHING)).toEqual([]);
  });

  it('is of IPv4 alone where the kernel has no IPv6', () => {
    const source = write([numbered(1)]);
    rmSync(join(folder, 'tcp6'));
    expect(keys(source, EVERYTHING)).toEqual(['ESTABLISHED 10.0.0.5:10001 10.0.1.9:8080']);
  });

  it('is refused where it is not there', () => {
    expect(() => keys(new ProcNetTcp(folder), EVERYTHING)).toThrow(
      expect.objectContaining({ code: 'FT_KERNEL', message: expect.stringContaining('tcp cannot be read') }),
    );
  });

  it('is refused at a line that is no socket, and shows it', () => {
    const source = write([numbered(1), numbered(2)]);
    const file = join(folder, 'tcp');
    writeFileSync(file, readFileSync(file, 'latin1').replace('1F90', '1F9G'));
    const found: string[] = [];
    expect(() => source.forEachSocket(EVERYTHING, (socket) => found.push(keyOf(socket)))).toThrow(
      expect.objectContaining({ code: 'FT_KERNEL', message: expect.stringContaining('1F9G') }),
    );
    expect(found).toEqual([]);
  });
});
