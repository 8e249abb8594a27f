import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TcpState } from '../tcp/state.ts';
import { SocketTable, UNKNOWN_LEFT } from './socket-table.ts';

const anySocket = fc.record({
  lane: fc.nat(0xffff_ffff),
  port: fc.nat(65_535),
  state: fc.constantFrom(...Object.values(TcpState)),
  isTimeWait: fc.boolean(),
  bindAddressNoPort: fc.boolean(),
  left: fc.oneof(fc.constantFrom(-1, 0, 60_000, 65_534, 65_535, 65_536), fc.integer({ min: -1, max: 10_000_000 })),
  inode: fc.nat(0xffff_ffff),
});
type Socket = typeof anySocket extends fc.Arbitrary<infer S> ? S : never;

function tableOf(sockets: readonly Socket[]): SocketTable {
  const table = new SocketTable();
  for (const { lane, port, state, isTimeWait, bindAddressNoPort, left, inode } of sockets) {
    table.append(lane, port, state, isTimeWait, bindAddressNoPort, left, inode);
  }
  return table;
}

function rowsOf(table: SocketTable): object[] {
  return Array.from({ length: table.size }, (_, row) => ({
    lane: table.lane(row),
    port: table.port(row),
    state: table.state(row),
    isTimeWait: table.isTimeWait(row),
    bindAddressNoPort: table.bindAddressNoPort(row),
    left: table.timeWaitLeftMs(row),
    inode: table.inode(row),
  }));
}

/** What is kept of a socket: 65.5 s of its timer at most. */
function kept(socket: Socket): object {
  return { ...socket, left: socket.left < 0 ? UNKNOWN_LEFT : Math.min(65_534, socket.left) };
}

describe('a table of sockets', () => {
  it('holds what was appended, in its order, also when it has grown', () => {
    fc.assert(
      fc.property(
        fc.array(anySocket, { minLength: 1, maxLength: 20 }),
        fc.constantFrom(1, 60, 200),
        (sockets, times) => {
          const all = Array.from({ length: times }, () => sockets).flat();
          expect(rowsOf(tableOf(all))).toEqual(all.map(kept));
        },
      ),
      { numRuns: 20 },
    );
  });

  it('retains the rows that it is told to, and takes new ones behind them', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anySocket, fc.boolean()), { maxLength: 40 }), anySocket, (pairs, next) => {
        const table = tableOf(pairs.map(([socket]) => socket));
        table.retain((row) => pairs[row]?.[1] === true);
        table.append(next.lane, next.port, next.state, next.isTimeWait, next.bindAddressNoPort, next.left, next.inode);
        const retained = pairs.filter(([, keep]) => keep).map(([socket]) => socket);
        expect(rowsOf(table)).toEqual([...retained, next].map(kept));
      }),
    );
  });
});
