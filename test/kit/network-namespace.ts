import { closeSync, openSync, readlinkSync } from 'node:fs';
import { ip } from './ip-command.ts';
import { checked, failureName, libc } from './libc-calls.ts';

const CLONE_NEWNET = 0x40000000;
const OWN = '/proc/thread-self/ns/net';

/** A network namespace that lives as long as its file is open, or a process is in it. */
export interface NetworkNamespace {
  readonly fd: number;
  /** What other programs of this machine may open it by, while this process lives. */
  readonly path: string;
  readonly inode: number;
}

const open = new Set<NetworkNamespace>();

/** Why this process cannot make network namespaces; undefined if it can. */
export function whyNoNamespaces(): string | undefined {
  const before = currentNamespace();
  try {
    if (libc.unshare(CLONE_NEWNET) === 0) {
      enter(before);
      return undefined;
    }
    const failure = failureName();
    return failure === 'EPERM' ? 'needs root (CAP_SYS_ADMIN) to make network namespaces' : `unshare: ${failure}`;
  } finally {
    forget(before);
  }
}

/**
 * The namespace of this process's main thread, which every call here concerns. Synchronous file access and child
 * processes follow it, promises of node:fs may not: they run on threads that stay where they were born.
 */
export function currentNamespace(): NetworkNamespace {
  const fd = openSync(OWN, 'r');
  const inode = Number(/\d+/.exec(readlinkSync(OWN))?.[0]);
  const namespace = { fd, path: `/proc/${process.pid}/fd/${fd}`, inode };
  open.add(namespace);
  return namespace;
}

/** Goes to a namespace, for good. */
export function enter(namespace: NetworkNamespace): void {
  checked('setns', libc.setns(namespace.fd, CLONE_NEWNET));
}

/** Goes to a new namespace, for good. Loopback is up there, all settings are the kernel's own. */
export function enterNewNamespace(): void {
  checked('unshare', libc.unshare(CLONE_NEWNET));
  ip('link set lo up');
}

/** A new namespace with loopback up; this thread stays where it is. */
export function createNamespace(): NetworkNamespace {
  const before = currentNamespace();
  try {
    enterNewNamespace();
    return currentNamespace();
  } finally {
    enter(before);
    forget(before);
  }
}

/** Runs synchronous code in a namespace. The sockets that it opens stay there. */
export function inside<T>(namespace: NetworkNamespace, run: () => T): T {
  const before = currentNamespace();
  enter(namespace);
  try {
    return run();
  } finally {
    enter(before);
    forget(before);
  }
}

/** Lets go of every namespace that was named here. */
export function forgetNamespaces(): void {
  for (const namespace of open) forget(namespace);
}

function forget(namespace: NetworkNamespace): void {
  if (open.delete(namespace)) closeSync(namespace.fd);
}
