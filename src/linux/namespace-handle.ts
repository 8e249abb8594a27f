import { closeSync, constants as fsConstants, fstatSync, openSync, statSync } from 'node:fs';
import { FourtupleError } from '../tcp/error.ts';
import { libc } from './libc.ts';
import { type NamespaceFile, resolveNamespace } from './namespace-reference.ts';
import { printable } from './printable.ts';

/** A network namespace that stays as long as the handle is open, even if its name or its last process goes. */
export interface NamespaceHandle {
  /** -1 once it is closed. */
  readonly fd: number;
  /** What `lsns` shows. */
  readonly inode: number;
  /** What it was opened by, for messages. */
  readonly reference: string;
  /** May be called again. */
  close(): void;
}

/** Network namespaces among the kinds that setns(2) and NS_GET_NSTYPE tell apart. */
export const CLONE_NEWNET = 0x40000000;
/** ioctl_nsfs(2), Linux 4.11. */
const NS_GET_NSTYPE = 0xb703;

/**
 * Opens a network namespace.
 *
 * @param reference a name that `ip netns` gave, the PID of a process that is in it, or the path of a namespace file: what
 * has a `/` is a path, and a name of digits wins over a PID
 * @throws FourtupleError FT_NAMESPACE where there is no such name, process or file, or the file is no network namespace;
 * FT_PRIVILEGE where it may not be opened: another user's process needs CAP_SYS_PTRACE
 */
export function openNamespace(reference: string): NamespaceHandle {
  const file = resolveNamespace(reference);
  // Opening a pipe or a device would do something to it.
  if (file.kind !== 'pid' && isOtherThanFile(file.path)) throw notNamespace(file, reference);
  const fd = openFile(file, reference);
  try {
    if (libc.ioctl(fd, NS_GET_NSTYPE) !== CLONE_NEWNET) throw notNamespace(file, reference);
    return new OpenNamespace(fd, reference);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

class OpenNamespace implements NamespaceHandle {
  readonly inode: number;
  readonly reference: string;
  #fd: number;

  constructor(fd: number, reference: string) {
    this.#fd = fd;
    this.inode = fstatSync(fd).ino;
    this.reference = reference;
  }

  get fd(): number {
    return this.#fd;
  }

  close(): void {
    if (this.#fd >= 0) closeSync(this.#fd);
    this.#fd = -1;
  }
}

function isOtherThanFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === false;
  } catch {
    return false;
  }
}

function openFile(file: NamespaceFile, reference: string): number {
  try {
    return openSync(file.path, fsConstants.O_RDONLY | fsConstants.O_NONBLOCK);
  } catch (error) {
    throw openFailure(file, reference, error as NodeJS.ErrnoException);
  }
}

function openFailure(file: NamespaceFile, reference: string, cause: NodeJS.ErrnoException): FourtupleError {
  const what = printable(reference);
  if (cause.code === 'EACCES' || cause.code === 'EPERM') {
    const isProcess = file.kind === 'pid' || /^\/proc\/\d+\//.test(file.path);
    const message = isProcess
      ? `the network namespace of ${file.kind === 'pid' ? `process ${what}` : `'${what}'`} may not be opened`
      : `'${printable(file.path)}' may not be opened`;
    return new FourtupleError('FT_PRIVILEGE', message, {
      hint: isProcess
        ? 'Another user’s process needs root, or CAP_SYS_PTRACE; entering it needs CAP_SYS_ADMIN too.'
        : 'Run it as root.',
      cause,
    });
  }
  if (cause.code !== 'ENOENT' && cause.code !== 'ESRCH') {
    return new FourtupleError('FT_NAMESPACE', `'${printable(file.path)}' cannot be opened: ${cause.code}`, { cause });
  }
  return new FourtupleError('FT_NAMESPACE', GONE[file.kind](what), { cause });
}

const GONE: Readonly<Record<NamespaceFile['kind'], (what: string) => string>> = {
  name: (what) => `the network namespace '${what}' has just been deleted`,
  path: (what) => `there is no file '${what}'`,
  pid: (what) => `process ${what} has exited`,
};

function notNamespace(file: NamespaceFile, reference: string): FourtupleError {
  const path = printable(file.path);
  if (file.kind !== 'name') {
    return new FourtupleError('FT_NAMESPACE', `'${path}' is not the file of a network namespace`, {
      hint: 'Give a path such as /proc/PID/ns/net or /run/netns/NAME.',
    });
  }
  return new FourtupleError('FT_NAMESPACE', `'${path}' is a leftover: no network namespace is mounted on it here`, {
    hint: `Remove it with \`ip netns delete ${printable(reference)}\`, unless this process runs with mounts of its own (a container, PrivateMounts=).`,
  });
}
