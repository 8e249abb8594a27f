import { readlinkSync } from 'node:fs';
import { INIT, INITIAL_PID_NAMESPACE, initialNamespaceInode, KERNEL_THREADS } from '../linux/initial-namespace.ts';
import { AT_FDCWD, PID_NAMESPACE_LINK, readInodeLink } from '../linux/inode-link.ts';
import { bootId, networkNamespaceCookie } from '../linux/namespace-cookie.ts';
import {
  listNamespaces,
  type NamespaceEntry,
  type NamespaceList,
  openListedNamespace,
} from '../linux/namespace-list.ts';
import { inNamespace, type NamespaceHandle, ownNamespaceInode } from '../linux/network-namespace.ts';
import { readNetworkNamespace } from '../linux/processes.ts';
import { FourtupleError } from '../tcp/error.ts';
import type { NamespaceRecord } from './journal-entry.ts';

/** The namespace of an entry, or what has become of it. */
export type FoundNamespace =
  /** The handle is to be closed. */
  | { readonly place: 'found'; readonly handle: NamespaceHandle }
  /** There no more: one sentence how that is known. */
  | { readonly place: 'gone'; readonly why: string }
  /** Not found or entered from here, which does not mean that it is gone. FT_NAMESPACE, FT_PRIVILEGE or FT_KERNEL. */
  | { readonly place: 'unreachable'; readonly error: FourtupleError };

/**
 * Finds the namespace that a record is about: the host's in any boot, another one by its inode and cookie in the boot that
 * it was recorded in.
 *
 * @throws FourtupleError FT_KERNEL where /proc cannot be read
 */
export function findNamespace(record: NamespaceRecord): FoundNamespace {
  if (!record.isHost && isOtherBoot(record)) {
    return { place: 'gone', why: 'the machine has been booted since' };
  }
  const list = listNamespaces();
  const entry = list.namespaces.find(({ inode }) => inode === inodeNow(record, list));
  if (entry === undefined) return missing(record, list);
  try {
    return check(record, openListedNamespace(entry));
  } catch (error) {
    if (!(error instanceof FourtupleError)) throw error;
    return { place: 'unreachable', error };
  }
}

/** Whether two records are about the same namespace. */
export function isSameNamespace(a: NamespaceRecord, b: NamespaceRecord): boolean {
  if (a.isHost || b.isHost) return a.isHost && b.isHost;
  return a.inode === b.inode && a.cookie === b.cookie && a.bootId === b.bootId;
}

/** The network namespace that the record names, as messages have it. */
export function describeNamespace({ isHost, name, inode }: NamespaceRecord): string {
  if (isHost) return 'the host’s network namespace';
  return name === null ? `the network namespace net:[${inode}]` : `the network namespace '${name}' (net:[${inode}])`;
}

function isOtherBoot(record: NamespaceRecord): boolean {
  const now = bootId();
  return now !== null && record.bootId !== null && now !== record.bootId;
}

/** The host's can have another inode after a boot. */
function inodeNow({ isHost, inode }: NamespaceRecord, { namespaces }: NamespaceList): number | null {
  return isHost ? initialNamespaceInode(ownNamespaceInode(), inodesOf(namespaces)) : inode;
}

function inodesOf(namespaces: readonly NamespaceEntry[]): number[] {
  return namespaces.map(({ inode }) => inode);
}

/** An inode is given to another namespace when the one that had it has gone; a cookie is not. */
function check(record: NamespaceRecord, handle: NamespaceHandle): FoundNamespace {
  let isFound = false;
  try {
    const cookie = record.isHost ? null : inNamespace(handle, networkNamespaceCookie);
    isFound = cookie === null || record.cookie === null || `${cookie}` === record.cookie;
  } finally {
    if (!isFound) handle.close();
  }
  return isFound
    ? { place: 'found', handle }
    : { place: 'gone', why: `net:[${record.inode}] is another network namespace now` };
}

function missing(record: NamespaceRecord, list: NamespaceList): FoundNamespace {
  if (!record.isHost && isWhole(list)) {
    return { place: 'gone', why: 'no process is in it any more, and no file keeps it' };
  }
  const message = `${describeNamespace(record)} is not to be seen from here`;
  const hint = 'Run it as root on the host, outside of any container.';
  return { place: 'unreachable', error: new FourtupleError('FT_NAMESPACE', message, { hint }) };
}

/**
 * Whether no namespace of the machine can be missing: this process has no namespace of its own that would hide processes or
 * mounted files, and may look into all processes. Init may keep itself to itself: it stays where the kernel has started it.
 */
function isWhole({ hiddenProcesses }: NamespaceList): boolean {
  if (readInodeLink(AT_FDCWD, '/proc/self/ns/pid', PID_NAMESPACE_LINK) !== INITIAL_PID_NAMESPACE) return false;
  if (hiddenProcesses > (readNetworkNamespace(INIT) === null ? 1 : 0)) return false;
  try {
    return readlinkSync('/proc/self/ns/mnt') === readlinkSync(`/proc/${KERNEL_THREADS}/ns/mnt`);
  } catch {
    return false;
  }
}
