import { readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { FourtupleError } from '../tcp/error.ts';
import { mostTellingCgroup, version2Cgroup } from './cgroup-membership.ts';
import { AT_FDCWD, NETWORK_NAMESPACE_LINK, readInodeLink } from './inode-link.ts';
import { errno } from './libc.ts';
import { printable } from './printable.ts';

const { EACCES, EPERM } = constants.errno;

/**
 * The processes that /proc shows, in ascending order: all of this PID namespace, or only one's own where /proc is mounted
 * with hidepid=2 (proc(5)).
 *
 * @throws FourtupleError FT_KERNEL where there is no /proc
 */
export function listProcesses(): number[] {
  let names: string[];
  try {
    names = readdirSync('/proc');
  } catch (cause) {
    throw new FourtupleError('FT_KERNEL', '/proc cannot be read', {
      hint: 'The proc file system must be mounted on /proc.',
      cause,
    });
  }
  return names
    .filter((name) => /^[1-9]\d*$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

/**
 * The kernel's name for a process (`/proc/PID/comm`): at most 15 bytes, any bytes; what is not printable is replaced.
 *
 * @returns null where the process has exited
 */
export function readProcessName(pid: number): string | null {
  const text = readProcFile(pid, 'comm');
  return text === null ? null : printable(text.replace(/\n$/, ''));
}

/**
 * The inode of a process's network namespace, as `lsns` shows it.
 *
 * @returns null where this process may not look into that one (ptrace(2), PTRACE_MODE_READ_FSCREDS); undefined where it
 * has exited
 */
export function readNetworkNamespace(pid: number): number | null | undefined {
  const inode = readInodeLink(AT_FDCWD, `/proc/${pid}/ns/net`, NETWORK_NAMESPACE_LINK);
  if (inode > 0) return inode;
  const number = errno();
  return inode === 0 || number === EACCES || number === EPERM ? null : undefined;
}

/**
 * The cgroup that says most about what a process is part of, as a path from the root of its hierarchy.
 *
 * @returns null where the process has exited, or is in no cgroup but a root
 */
export function readProcessCgroup(pid: number): string | null {
  const text = readProcFile(pid, 'cgroup');
  return text === null ? null : mostTellingCgroup(text);
}

/**
 * The version-2 cgroup of a process, from the root of this cgroup namespace: `/`, `/system.slice/nginx.service`; it ends
 * with ` (deleted)` where the cgroup has been removed.
 *
 * @returns null where the kernel tells none; undefined where the process has exited
 */
export function readVersion2Cgroup(pid: number): string | null | undefined {
  const text = readProcFile(pid, 'cgroup');
  return text === null ? undefined : version2Cgroup(text);
}

function readProcFile(pid: number, name: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return null;
  }
}
