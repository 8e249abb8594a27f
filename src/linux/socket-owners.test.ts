import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NativeSocket } from '../../test/kit/native-socket.ts';
import { usesPrivateNamespace } from '../../test/kit/private-namespace.ts';
import { shareWithProcess } from '../../test/kit/socket-sharing.ts';
import { withoutCapabilities } from '../../test/kit/without-capabilities.ts';
import { InodeTable } from './inode-table.ts';
import { ownNamespaceInode } from './network-namespace.ts';
import { findSocketOwners } from './socket-owners.ts';

const AF_INET = 2;
const NOBODY = 65534;
const PLENTY_MS = 10_000;
/** An inode that no socket has: the search goes through all processes. */
const NONE = 0xffffffff;

const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) {
    const gone = once(child, 'exit');
    if (child.kill('SIGKILL')) await gone;
  }
});

/** A process that listens on this many ports of loopback. */
async function listener(count: number): Promise<number> {
  const script = `let left = ${count};
    for (let i = 0; i < ${count}; i++) require('net').createServer().listen(0, '127.0.0.1', () => --left || console.log('ready'));`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  return child.pid as number;
}

/** What plain node:fs finds. */
function socketsOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
    return inode === undefined ? [] : [Number(inode)];
  });
}

function inodeOf({ fd }: NativeSocket): number {
  return Number(/\d+/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[0]);
}

function pidsOf(inode: number, search: ReturnType<typeof findSocketOwners>): number[] {
  return search.owners
    .ownersOf(inode)
    .map(({ pid }) => pid)
    .sort((a, b) => a - b);
}

describe('the search for the owners of sockets', () => {
  it('finds every socket of a process that has many', async () => {
    const pid = await listener(700);
    const sockets = socketsOf(pid);
    expect(sockets.length).toBeGreaterThan(700);
    const search = findSocketOwners(InodeTable.of(sockets), PLENTY_MS);
    for (const inode of sockets) expect(search.owners.ownersOf(inode)).toContainEqual({ pid, name: 'node' });
    expect(search).toMatchObject({ complete: true });
    expect(search.owners.found).toBe(sockets.length);
    expect(search.processesRead).toBeGreaterThan(0);
    expect(search.processesTotal).toBeGreaterThanOrEqual(search.processesRead + search.refused);
  });

  it('finds what no process holds to be nobody’s, having read all', () => {
    const search = findSocketOwners(InodeTable.of([NONE]), PLENTY_MS);
    expect(search.complete).toBe(true);
    expect(search.processesRead + search.refused).toBe(search.processesTotal);
    expect(search.owners.ownersOf(NONE)).toEqual([]);
  });

  it('reads nothing where nothing is wanted', () => {
    expect(findSocketOwners(new InodeTable(), PLENTY_MS)).toMatchObject({ complete: true, processesTotal: 0 });
  });
});

describe('the search that begins with a namespace’s own processes', () => {
  usesPrivateNamespace();

  it('stops where each socket has an owner, most open files first', async () => {
    await listener(300);
    const pid = await listener(3000);
    const search = findSocketOwners(
      InodeTable.of(socketsOf(pid).slice(-10)),
      PLENTY_MS,
      undefined,
      ownNamespaceInode(),
    );
    expect(search).toMatchObject({ complete: true, processesRead: 1 });
  });

  it('stops in the middle of a process when the time is spent, and says so', async () => {
    const pid = await listener(2000);
    const sockets = socketsOf(pid);
    let now = 0;
    const search = findSocketOwners(
      InodeTable.of([...sockets, NONE]),
      looksIntoFirst(),
      () => now++,
      ownNamespaceInode(),
    );
    expect(search.complete).toBe(false);
    expect(search.owners.found).toBeGreaterThan(0);
    expect(search.owners.found).toBeLessThan(sockets.length);
    expect(findSocketOwners(InodeTable.of(sockets), 0)).toMatchObject({ complete: false, processesRead: 0 });
  });

  it('loses nothing where a process exits while it is read', async () => {
    const pid = await listener(2000);
    const own = NativeSocket.open(AF_INET);
    const wanted = InodeTable.of([...socketsOf(pid), inodeOf(own), NONE]);
    let looks = looksIntoFirst();
    const search = findSocketOwners(
      wanted,
      PLENTY_MS,
      () => {
        looks -= 1;
        if (looks === 0) killAndWait(pid);
        return 0;
      },
      ownNamespaceInode(),
    );
    expect(search.complete).toBe(true);
    expect(pidsOf(inodeOf(own), search)).toEqual([process.pid]);
    expect(search.owners.found).toBeGreaterThan(1);
    expect(search.owners.found).toBeLessThan(2000);
    own.close();
  });
});

/**
 * Looks at the clock until the search is in the middle of the first process: it takes one for each process that it ranks,
 * and then one for each 64 files. Some processes may come or go meanwhile.
 */
function looksIntoFirst(): number {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).length + 15;
}

function killAndWait(pid: number): void {
  process.kill(pid, 'SIGKILL');
  while (!/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'latin1')));
}

describe('sockets that processes share', () => {
  usesPrivateNamespace();

  it('have all of them as owners', async () => {
    const socket = NativeSocket.open(AF_INET);
    const pid = await shareWithProcess(socket);
    const inode = inodeOf(socket);
    const search = findSocketOwners(InodeTable.of([inode, NONE]), PLENTY_MS);
    expect(pidsOf(inode, search)).toEqual([process.pid, pid].sort((a, b) => a - b));
  });

  it('are found in the processes of their namespace first', async () => {
    const socket = NativeSocket.open(AF_INET);
    const inode = inodeOf(socket);
    const pid = await shareWithProcess(socket);
    const search = findSocketOwners(InodeTable.of([inode]), PLENTY_MS, undefined, ownNamespaceInode());
    expect([process.pid, pid]).toContain(pidsOf(inode, search)[0]);
    expect(search.processesRead).toBe(1);
  });

  it('are found behind many holes in a table of files', async () => {
    const socket = NativeSocket.open(AF_INET);
    const inode = inodeOf(socket);
    const holes = Array.from({ length: 500 }, () => 'ignore' as const);
    const child = spawn('sleep', ['600'], { stdio: ['ignore', 'ignore', 'ignore', ...holes, socket.fd] });
    children.push(child);
    await once(child, 'spawn');
    socket.close();
    const search = findSocketOwners(InodeTable.of([inode]), PLENTY_MS);
    expect(search.owners.ownersOf(inode)).toEqual([{ pid: child.pid, name: 'sleep' }]);
  });
});

describe('another user’s process', () => {
  beforeEach(({ skip }) => {
    if (process.getuid?.() !== 0) skip('needs root to start a process of another user');
  });

  it('is counted as refused without privileges, and its sockets stay unknown', async () => {
    const socket = NativeSocket.open(AF_INET);
    const inode = inodeOf(socket);
    const stdio = ['ignore', 'ignore', 'ignore', socket.fd] as const;
    const child = spawn('sleep', ['600'], { stdio: [...stdio], uid: NOBODY, gid: NOBODY });
    children.push(child);
    await once(child, 'spawn');
    socket.close();
    const own = NativeSocket.open(AF_INET);
    const wanted = InodeTable.of([inode, inodeOf(own)]);
    const privileged = findSocketOwners(wanted, PLENTY_MS);
    const search = withoutCapabilities(() => findSocketOwners(wanted, PLENTY_MS));
    expect(pidsOf(inode, privileged)).toEqual([child.pid]);
    expect(pidsOf(inode, search)).toEqual([]);
    expect(pidsOf(inodeOf(own), search)).toEqual([process.pid]);
    expect(search.refused).toBeGreaterThan(privileged.refused);
    expect(search.complete).toBe(true);
    own.close();
  });
});
