import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { findKernelOwners } from './kernel-owners.ts';

const PLENTY_MS = 10_000;
/** An inode that no socket has. */
const NONE = 0xffff_ffff;

/** The inodes of this process's sockets. */
function ownInodes(): number[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1];
      return inode === undefined ? [] : [Number(inode)];
    } catch {
      return [];
    }
  });
}

describe('the search for owners', () => {
  it('finds who holds a socket', async () => {
    const before = new Set(ownInodes());
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const inodes = ownInodes().filter((inode) => !before.has(inode));
      expect(inodes).toHaveLength(1);
      const { of, stopped } = findKernelOwners(inodes, PLENTY_MS, null);
      expect(of(inodes[0] as number)).toContainEqual({ pid: process.pid, name: expect.any(String) });
      expect(of(NONE)).toEqual([]);
      expect(stopped).toBeNull();
    } finally {
      server.close();
    }
  });

  it('does not begin where no time is given to it, and says so', () => {
    const found = findKernelOwners([1, 2], 0, null);
    expect(found.of(1)).toEqual([]);
    expect(found).toMatchObject({ stopped: 'Owners were not searched for (--owners 0).', refused: null });
  });

  it('has nothing to say where nothing is searched for', () => {
    expect(findKernelOwners([], PLENTY_MS, null)).toMatchObject({ stopped: null, refused: null });
  });

  it('says how far it came where the time is over', () => {
    const { stopped } = findKernelOwners([NONE], 1e-9, null);
    expect(stopped).toMatch(
      /^The search for owners stopped after \d+ ms, with 0 of 1 sockets found and 0 of \d+ processes read/,
    );
  });
});
