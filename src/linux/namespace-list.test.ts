import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ip } from '../../test/kit/ip-command.ts';
import { needsPrograms } from '../../test/kit/needs.ts';
import { createNamespace, forgetNamespaces, inside, whyNoNamespaces } from '../../test/kit/network-namespace.ts';
import { usesPrivateNamespace } from '../../test/kit/private-namespace.ts';
import { shareWithProcess } from '../../test/kit/socket-sharing.ts';
import { withoutCapabilities } from '../../test/kit/without-capabilities.ts';
import { listNamespaces, type NamespaceEntry, openListedNamespace } from './namespace-list.ts';

const children: ChildProcess[] = [];
const names: string[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) await end(child);
  for (const name of names.splice(0)) ip(`netns delete ${name}`);
});

async function end(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) await gone;
}

function inodeOf(pid: number | string): number {
  return Number(/\d+/.exec(readlinkSync(`/proc/${pid}/ns/net`))?.[0]);
}

/** A process in a network namespace of its own. */
async function unshared(): Promise<{ readonly child: ChildProcess; readonly inode: number }> {
  const namespace = createNamespace();
  const child = inside(namespace, () => spawn('sleep', ['600']));
  forgetNamespaces();
  children.push(child);
  await once(child, 'spawn');
  return { child, inode: namespace.inode };
}

function entry(inode: number): NamespaceEntry | undefined {
  return listNamespaces().namespaces.find((namespace) => namespace.inode === inode);
}

describe('the list of network namespaces', () => {
  it('begins with this one, privileges or not', () => {
    for (const list of [listNamespaces(), withoutCapabilities(listNamespaces)]) {
      expect(list.namespaces[0]).toMatchObject({ inode: inodeOf('thread-self'), isOwn: true });
      expect(list.namespaces.filter(({ isOwn }) => isOwn)).toHaveLength(1);
      expect(new Set(list.namespaces.map(({ inode }) => inode)).size).toBe(list.namespaces.length);
    }
  });

  it('opens this one', () => {
    const [own] = listNamespaces().namespaces;
    const handle = openListedNamespace(own as NamespaceEntry);
    expect(handle.inode).toBe(inodeOf('thread-self'));
    handle.close();
  });
});

describe('with other namespaces, the list', () => {
  needsPrograms('ip');

  beforeEach(({ skip }) => {
    const reason = whyNoNamespaces();
    if (reason !== undefined) skip(reason);
  });

  it('has those that `ip netns` has named', () => {
    const name = `fourtuple-${process.pid}-list`;
    ip(`netns add ${name}`);
    names.push(name);
    const found = listNamespaces().namespaces.find((namespace) => namespace.name === name);
    expect(found).toMatchObject({ isOwn: false, holder: null, references: [`/run/netns/${name}`] });
    const handle = openListedNamespace(found as NamespaceEntry);
    expect(handle.inode).toBe(found?.inode);
    handle.close();
  });

  it('has those that only a process is in', async () => {
    const { child, inode } = await unshared();
    const found = entry(inode);
    expect(found).toMatchObject({ name: null, holder: { pid: child.pid, name: 'sleep' } });
    const handle = openListedNamespace(found as NamespaceEntry);
    expect(handle.inode).toBe(inode);
    handle.close();
  });

  it('opens none that has gone since then, and says so', async () => {
    const { child, inode } = await unshared();
    const found = entry(inode) as NamespaceEntry;
    await end(child);
    expect(() => openListedNamespace(found)).toThrow(
      expect.objectContaining({
        code: 'FT_NAMESPACE',
        message: `the network namespace of sleep[${child.pid}] (net:[${inode}]) has gone since it was listed`,
      }),
    );
  });

  it('opens no other namespace that has come by the name since then', () => {
    const name = `fourtuple-${process.pid}-again`;
    ip(`netns add ${name}`);
    const found = listNamespaces().namespaces.find((namespace) => namespace.name === name) as NamespaceEntry;
    const kept = openListedNamespace(found);
    ip(`netns delete ${name}`);
    ip(`netns add ${name}`);
    names.push(name);
    expect(() => openListedNamespace(found)).toThrow(expect.objectContaining({ code: 'FT_NAMESPACE' }));
    kept.close();
  });

  it('skips a file that was left over, with a note', () => {
    mkdirSync('/run/netns', { recursive: true });
    const name = `fourtuple-${process.pid}-left`;
    writeFileSync(`/run/netns/${name}`, '');
    const { namespaces, notes } = listNamespaces();
    rmSync(`/run/netns/${name}`);
    expect(namespaces.map((namespace) => namespace.name)).not.toContain(name);
    expect(notes).toContain(`'${name}' in /run/netns is skipped: no network namespace is mounted on it here`);
  });

  it('counts the processes whose namespace may not be read', async () => {
    children.push(spawn('sleep', ['600'], { uid: 65534, gid: 65534 }));
    await once(children[0] as ChildProcess, 'spawn');
    const { notes, hiddenProcesses } = withoutCapabilities(listNamespaces);
    expect(hiddenProcesses).toBeGreaterThan(0);
    expect(notes.some((note) => /^\d+ process.* could not be read: needs CAP_SYS_PTRACE$/.test(note))).toBe(true);
  });
});

describe('in a namespace of its own, the list', () => {
  usesPrivateNamespace();

  it('begins with that one, and does not call it the host’s', () => {
    const [own, ...others] = listNamespaces().namespaces;
    expect(own).toMatchObject({ inode: inodeOf('thread-self'), isOwn: true });
    expect(own?.name).not.toBe('host');
    expect(others.length).toBeGreaterThan(0);
  });

  it('is held by another process than this one, which ends with its list, whichever has the lower PID', async () => {
    const holder = (): unknown => listNamespaces().namespaces[0]?.holder;
    expect(holder()).toMatchObject({ pid: process.pid });
    const pid = await shareWithProcess();
    expect(holder()).toEqual({ pid, name: 'sleep' });
  });
});
