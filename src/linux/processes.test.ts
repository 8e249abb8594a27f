import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { usesPrivateNamespace } from '../../test/kit/private-namespace.ts';
import { withoutCapabilities } from '../../test/kit/without-capabilities.ts';
import {
  listProcesses,
  readNetworkNamespace,
  readProcessCgroup,
  readProcessName,
  readVersion2Cgroup,
} from './processes.ts';

const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) {
    const gone = once(child, 'exit');
    if (child.kill('SIGKILL')) await gone;
  }
});

async function start(command: string, args: readonly string[], uid?: number): Promise<number> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], ...(uid === undefined ? {} : { uid }) });
  children.push(child);
  await once(child, 'spawn');
  return child.pid as number;
}

async function exited(): Promise<number> {
  const child = spawn('true');
  await once(child, 'exit');
  return child.pid as number;
}

function inodeOf(pid: number | string): number {
  return Number(/\d+/.exec(readlinkSync(`/proc/${pid}/ns/net`))?.[0]);
}

describe('a process', () => {
  it('is in the list while it lives', async () => {
    const pid = await start('sleep', ['600']);
    const pids = listProcesses();
    expect(pids).toContain(pid);
    expect(pids).toContain(process.pid);
    expect(pids).toEqual([...new Set(pids)].sort((a, b) => a - b));
    expect(listProcesses()).not.toContain(await exited());
  });

  it('has the kernel’s name', async () => {
    expect(readProcessName(await start('sleep', ['600']))).toBe('sleep');
  });

  it('has a name that is safe to print, whatever it calls itself', async () => {
    const script = "printf '\\033[2J\\n\\377x' > /proc/$$/comm; echo done; read -r _";
    const pid = await start('sh', ['-c', script]);
    await once(children[0]?.stdout as NodeJS.ReadableStream, 'data');
    expect(readProcessName(pid)).toBe('\ufffd[2J\ufffd\ufffdx');
  });

  it('has a network namespace', async () => {
    expect(readNetworkNamespace(process.pid)).toBe(inodeOf('thread-self'));
  });

  it('has nothing once it has exited', async () => {
    const pid = await exited();
    expect(readProcessName(pid)).toBeNull();
    expect(readNetworkNamespace(pid)).toBeUndefined();
    expect(readProcessCgroup(pid)).toBeNull();
    expect(readVersion2Cgroup(pid)).toBeUndefined();
  });

  it('may be in no cgroup but the root', () => {
    expect(readProcessCgroup(process.pid)).toSatisfy((path) => path === null || /^\/./.test(path));
  });
});

describe('a process in another namespace', () => {
  usesPrivateNamespace();

  it('has that one', async () => {
    const pid = await start('sleep', ['600']);
    expect(readNetworkNamespace(pid)).toBe(inodeOf(pid));
    expect(readNetworkNamespace(pid)).toBe(inodeOf('thread-self'));
  });
});

describe('another user’s process', () => {
  beforeEach(({ skip }) => {
    if (process.getuid?.() !== 0) skip('needs root to start a process of another user');
  });

  it('does not tell its namespace without privileges, but its name', async () => {
    const pid = await start('sleep', ['600'], 65534);
    expect(readNetworkNamespace(pid)).toBe(inodeOf(pid));
    expect(withoutCapabilities(() => readNetworkNamespace(pid))).toBeNull();
    expect(withoutCapabilities(() => readProcessName(pid))).toBe('sleep');
  });
});
