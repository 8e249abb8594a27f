import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InodeTable } from './inode-table.ts';
import { SocketOwners } from './socket-ownership.ts';

const sockets = fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 30 });

describe('the owners of sockets', () => {
  it('are the processes that told of them, in their order, each once', () => {
    fc.assert(
      fc.property(fc.array(sockets, { maxLength: 8 }), sockets, (processes, wanted) => {
        const table = InodeTable.of(wanted);
        const owners = new SocketOwners(table);
        processes.forEach((held, pid) => {
          owners.begin(() => ({ pid, name: `p${pid}` }));
          for (const inode of held) owners.add(inode);
        });
        for (let inode = 1; inode <= 20; inode += 1) {
          const holders = [...processes.keys()].filter((pid) => processes[pid]?.includes(inode));
          expect(owners.ownersOf(inode).map(({ pid }) => pid)).toEqual(wanted.includes(inode) ? holders : []);
        }
        const found = [...table].filter((inode) => processes.some((held) => held.includes(inode)));
        expect(owners.found).toBe(found.length);
        expect(owners.isComplete).toBe(found.length === table.size);
      }),
    );
  });

  it('are one list for all sockets of the same owners', () => {
    const owners = new SocketOwners(InodeTable.of([1, 2, 3]));
    owners.begin(() => ({ pid: 7, name: 'nginx' }));
    owners.add(1);
    owners.add(2);
    expect(owners.ownersOf(1)).toBe(owners.ownersOf(2));
    expect(owners.ownersOf(3)).toEqual([]);
  });

  it('are described only where they hold a socket that is asked about', () => {
    const owners = new SocketOwners(InodeTable.of([1]));
    owners.begin(() => expect.unreachable());
    owners.add(2);
    expect(owners.found).toBe(0);
  });

  it('are nobody for a socket that came to the table later', () => {
    const table = InodeTable.of([1]);
    const owners = new SocketOwners(table);
    table.add(2);
    owners.begin(() => ({ pid: 7, name: 'nginx' }));
    owners.add(2);
    expect(owners.ownersOf(2)).toEqual([]);
  });
});
