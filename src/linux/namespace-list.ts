import { FourtupleError } from '../tcp/error.ts';
import { hasCapability } from './capabilities.ts';
import { nameCgroup } from './cgroup-name.ts';
import { initialNamespaceInode } from './initial-namespace.ts';
import { namedNamespaces } from './named-namespaces.ts';
import { type NamespaceHandle, openNamespace } from './namespace-handle.ts';
import { ownNamespaceInode } from './network-namespace.ts';
import { listProcesses, readNetworkNamespace, readProcessCgroup, readProcessName } from './processes.ts';
import type { ProcessRef } from './socket-source.ts';

/** A network namespace of this machine. */
export interface NamespaceEntry {
  /** What `lsns` shows. */
  readonly inode: number;
  /** `host`, the name that `ip netns` gave it, its container or pod; null where it has none that is known. */
  readonly name: string | null;
  /** Whether the calling thread is in it. */
  readonly isOwn: boolean;
  /** The process in it with the lowest PID, another than this one if there is; null where none is, none can be looked at, or it is the host's. */
  readonly holder: ProcessRef | null;
  /** What {@link openNamespace} takes; each but the first is for when those before have gone. */
  readonly references: readonly string[];
}

export interface NamespaceList {
  /** This one first, then by name, then by inode. */
  readonly namespaces: readonly NamespaceEntry[];
  /** What is not in the list, and why: one sentence each. */
  readonly notes: readonly string[];
  /** Processes whose namespace may not be read: one that only they are in is not in the list. */
  readonly hiddenProcesses: number;
}

const OWN_REFERENCE = '/proc/thread-self/ns/net';
/** What containerd (`cni-<uuid>`) and CRI-O name a pod's namespace says less than the pod. */
const MADE_UP_NAME = /^(?:cni-)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Processes to open a namespace by: it is there as long as one of them lives. */
const REFERENCES_KEPT = 4;

interface Found {
  readonly names: string[];
  readonly references: string[];
  readonly pids: number[];
}

/**
 * Lists the network namespaces of this machine: this thread's own, those that have a file mounted (`ip netns`, Docker,
 * CNI), and those that only processes are in. One that is kept by an open file or a socket alone is not found.
 *
 * @throws FourtupleError FT_KERNEL where /proc cannot be read
 */
export function listNamespaces(): NamespaceList {
  const own = ownNamespaceInode();
  const found = new Map<number, Found>([[own, { names: [], references: [OWN_REFERENCE], pids: [] }]]);
  const named = namedNamespaces();
  for (const { inode, name, path } of named.namespaces) {
    const namespace = entryOf(found, inode);
    namespace.references.push(path);
    if (name !== null) namespace.names.push(name);
  }
  const hidden = addProcesses(found);
  const initial = initialNamespaceInode(own, found.keys());
  const namespaces = [...found].map(([inode, namespace]) => describe(inode, namespace, own, initial));
  return {
    namespaces: namespaces.sort(compare),
    notes: [...named.notes, ...hiddenNote(hidden)],
    hiddenProcesses: hidden,
  };
}

/**
 * Opens a namespace of the list.
 *
 * @throws FourtupleError FT_NAMESPACE where it has gone since it was listed; FT_PRIVILEGE where it may not be opened
 */
export function openListedNamespace(entry: NamespaceEntry): NamespaceHandle {
  let refusal: unknown;
  for (const reference of entry.references) {
    try {
      const handle = openNamespace(reference);
      // The name or the PID may be another's by now.
      if (handle.inode === entry.inode) return handle;
      handle.close();
    } catch (error) {
      if (error instanceof FourtupleError && error.code === 'FT_PRIVILEGE') refusal ??= error;
    }
  }
  if (refusal !== undefined) throw refusal;
  throw new FourtupleError(
    'FT_NAMESPACE',
    `the network namespace ${describeEntry(entry)} has gone since it was listed`,
  );
}

function describeEntry({ inode, name, holder }: NamespaceEntry): string {
  const who = name ?? (holder === null ? null : `of ${holder.name}[${holder.pid}]`);
  return who === null ? `net:[${inode}]` : `${name === null ? who : `'${who}'`} (net:[${inode}])`;
}

function entryOf(found: Map<number, Found>, inode: number): Found {
  const known = found.get(inode);
  if (known !== undefined) return known;
  const namespace: Found = { names: [], references: [], pids: [] };
  found.set(inode, namespace);
  return namespace;
}

/** @returns how many processes' namespaces may not be read. */
function addProcesses(found: Map<number, Found>): number {
  let hidden = 0;
  for (const pid of listProcesses()) {
    const inode = readNetworkNamespace(pid);
    if (inode === null) hidden += 1;
    if (inode === null || inode === undefined) continue;
    const { pids, references } = entryOf(found, inode);
    if (pids.length >= REFERENCES_KEPT) continue;
    pids.push(pid);
    references.push(`/proc/${pid}/ns/net`);
  }
  return hidden;
}

function describe(
  inode: number,
  { names, references, pids }: Found,
  own: number,
  initial: number | null,
): NamespaceEntry {
  const given = names.find((name) => !MADE_UP_NAME.test(name));
  const name = inode === initial ? 'host' : (given ?? containerOf(pids) ?? names[0] ?? null);
  return { inode, name, isOwn: inode === own, holder: inode === initial ? null : holderOf(pids), references };
}

function containerOf(pids: readonly number[]): string | null {
  for (const pid of pids) {
    const cgroup = readProcessCgroup(pid);
    const name = cgroup === null ? null : nameCgroup(cgroup);
    if (name !== null && name.kind !== 'unit') return name.name;
  }
  return null;
}

/** This process ends with its report: another one holds the namespace where there is one. */
function holderOf(pids: readonly number[]): ProcessRef | null {
  return firstAlive(pids.filter((pid) => pid !== process.pid)) ?? firstAlive(pids);
}

function firstAlive(pids: readonly number[]): ProcessRef | null {
  for (const pid of pids) {
    const name = readProcessName(pid);
    if (name !== null) return { pid, name };
  }
  return null;
}

function hiddenNote(count: number): string[] {
  if (count === 0) return [];
  const whose = count === 1 ? "1 process's network namespace" : `${count} processes' network namespaces`;
  const why =
    hasCapability('CAP_SYS_PTRACE') === true ? 'CAP_SYS_PTRACE does not suffice here' : 'needs CAP_SYS_PTRACE';
  return [`${whose} could not be read: ${why}`];
}

function compare(a: NamespaceEntry, b: NamespaceEntry): number {
  if (a.isOwn !== b.isOwn) return a.isOwn ? -1 : 1;
  if (a.name !== b.name) return a.name === null ? 1 : b.name === null ? -1 : a.name < b.name ? -1 : 1;
  return a.inode - b.inode;
}
