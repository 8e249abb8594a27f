import { access } from 'node:fs';
import { FourtupleError } from '../tcp/error.ts';
import { hasCapability } from './capabilities.ts';
import { AT_FDCWD, NETWORK_NAMESPACE_LINK, readInodeLink } from './inode-link.ts';
import { errno, errnoName, libc } from './libc.ts';
import { CLONE_NEWNET, type NamespaceHandle, openNamespace } from './namespace-handle.ts';
import { printable } from './printable.ts';

export { type NamespaceHandle, openNamespace } from './namespace-handle.ts';

/** The calling thread's own: /proc/self is the process's first thread, which need not be the calling one. */
const OWN_FILE = '/proc/thread-self/ns/net';

let stranded: FourtupleError | undefined;

/** Opens the network namespace that the calling thread is in: this process's own, but inside of {@link inNamespace}. */
export function ownNamespace(): NamespaceHandle {
  return openNamespace(OWN_FILE);
}

/** The inode of the network namespace that the calling thread is in. */
export function ownNamespaceInode(): number {
  const inode = readInodeLink(AT_FDCWD, OWN_FILE, NETWORK_NAMESPACE_LINK);
  if (inode > 0) return inode;
  throw new FourtupleError(
    'FT_KERNEL',
    `${OWN_FILE} cannot be read: ${inode < 0 ? errnoName(errno()) : 'unknown form'}`,
    {
      hint: 'The proc file system must be mounted on /proc.',
    },
  );
}

/**
 * Runs `work` on this thread inside a network namespace, and comes back. What it opens there stays there: a netlink
 * socket, a file of /proc/sys/net or /proc/thread-self/net. It must be synchronous, and use the synchronous functions of
 * node:fs: the others run on threads that stay outside, and read this process's own namespace. Calls may be nested.
 *
 * @throws FourtupleError FT_PRIVILEGE where the namespace may not be entered, or could not be left again: both need
 * CAP_SYS_ADMIN, and the namespace that the process is in anyway needs none; FT_NAMESPACE where the handle is closed;
 * FT_ARGUMENT where `work` returns a promise; FT_KERNEL where the way back has failed, and from then on at each call, for
 * the process must end: all that it does would be done elsewhere. What `work` throws is thrown.
 */
export function inNamespace<T>(handle: NamespaceHandle, work: () => T): T {
  if (stranded !== undefined) throw stranded;
  if (handle.fd < 0) throw new FourtupleError('FT_NAMESPACE', `${label(handle)} has been closed`);
  if (work instanceof AsyncFunction) throw notSynchronous(handle);
  if (handle.inode === ownNamespaceInode()) return checkSynchronous(handle, work());
  startThreadPool();
  const before = ownNamespace();
  try {
    return visit(handle, before, work);
  } finally {
    before.close();
  }
}

function visit<T>(handle: NamespaceHandle, before: NamespaceHandle, work: () => T): T {
  checkWayBack(before, handle);
  if (libc.setns(handle.fd, CLONE_NEWNET) !== 0) throw refused(handle, errnoName(errno()));
  try {
    return checkSynchronous(handle, work());
  } finally {
    comeBack(before, handle);
  }
}

const AsyncFunction: new () => unknown = (async () => {}).constructor as new () => unknown;

let threadPoolStarted = false;

/** libuv starts its threads at their first use, and a thread is born into its maker's namespace, for good. */
function startThreadPool(): void {
  if (!threadPoolStarted) access('/', () => {});
  threadPoolStarted = true;
}

/**
 * A process may be allowed to enter another namespace and not its own: root of a user namespace that has no network
 * namespace (`unshare -Ur`). Entering the one it is in changes nothing, and is refused for the same reasons
 * (`netns_install()` of net/core/net_namespace.c).
 */
function checkWayBack(before: NamespaceHandle, handle: NamespaceHandle): void {
  if (libc.setns(before.fd, CLONE_NEWNET) === 0) return;
  const name = errnoName(errno());
  if (name === 'EPERM' && hasCapability('CAP_SYS_ADMIN') !== true) throw refused(handle, name);
  throw new FourtupleError('FT_PRIVILEGE', `${label(handle)} could not be left again: coming back fails with ${name}`, {
    hint: 'Root of a user namespace may only come back to a network namespace that belongs to it: start it with `unshare -Urn`.',
  });
}

function comeBack(before: NamespaceHandle, from: NamespaceHandle): void {
  if (libc.setns(before.fd, CLONE_NEWNET) === 0) return;
  stranded = new FourtupleError(
    'FT_KERNEL',
    `the process cannot come back from ${label(from)} to its own: ${errnoName(errno())}`,
    { hint: 'It must end: whatever it reads or changes from now on would be another namespace’s.' },
  );
  throw stranded;
}

function refused(handle: NamespaceHandle, name: string): FourtupleError {
  if (name !== 'EPERM') return new FourtupleError('FT_NAMESPACE', `${label(handle)} cannot be entered: ${name}`);
  return new FourtupleError('FT_PRIVILEGE', `${label(handle)} may not be entered without CAP_SYS_ADMIN`, {
    hint: 'Run it as root, outside of a container’s user namespace, or inside the namespace itself (nsenter, kubectl exec).',
  });
}

function checkSynchronous<T>(handle: NamespaceHandle, result: T): T {
  const then: unknown = typeof result === 'object' && result !== null ? Reflect.get(result, 'then') : undefined;
  if (typeof then !== 'function') return result;
  // Its failure, if it has one, is nobody's any more.
  Promise.resolve(result).catch(() => {});
  throw notSynchronous(handle);
}

function notSynchronous(handle: NamespaceHandle): FourtupleError {
  return new FourtupleError('FT_ARGUMENT', `what runs in ${label(handle)} must not be asynchronous`, {
    hint: 'Only the part before the first await would run there.',
  });
}

function label(handle: NamespaceHandle): string {
  return `the network namespace '${printable(handle.reference)}'`;
}
