import { readdirSync, readFileSync, type Stats, statSync } from 'node:fs';

/** More cgroups than any machine has that works; what lies beyond is not known. */
export const MOST_CGROUPS = 50_000;

export interface CgroupBelow {
  /** From where the walk began: `/system.slice`; empty for that itself. */
  readonly below: string;
  /** The inode of its directory, which is what the kernel knows it by (`cgroup_id()`, 64-bit kernels). */
  readonly id: number;
}

/** A cgroup and all below it, outermost first, so that a limit that is met leaves out the deepest. */
export function* walkCgroups(top: string): Generator<CgroupBelow> {
  const waiting = [''];
  let device: number | undefined;
  for (let next = 0; next < waiting.length && next < MOST_CGROUPS; next += 1) {
    const below = waiting[next] as string;
    const directory = tryStat(top + below);
    if (directory === undefined) continue;
    device ??= directory.dev;
    // People mount single hierarchies of version 1 on a cgroup of version 2.
    if (directory.dev !== device) continue;
    yield { below, id: directory.ino };
    // kernfs counts subdirectories (`kernfs_refresh_inode()`): a leaf's dozens of files are not listed in vain.
    if (directory.nlink > 2) for (const name of subdirectories(top + below)) waiting.push(`${below}/${name}`);
  }
}

/**
 * The processes that are in a cgroup itself, by their PIDs here; 0 for one of another PID namespace.
 *
 * @returns none where the cgroup is gone; null where they may not be read, or the kernel does not tell them of this cgroup
 * but of one above it (a threaded one: cgroups(7))
 */
export function processesOf(directory: string): number[] | null {
  const pids = tryProcesses(directory);
  return typeof pids === 'string' ? null : pids;
}

/**
 * How many processes are in a cgroup and below it.
 *
 * @returns null where that may not be read
 */
export function countProcesses(directory: string): number | null {
  let count = 0;
  for (const { below } of walkCgroups(directory)) {
    const pids = tryProcesses(directory + below);
    // The processes of a threaded cgroup are listed by the one above that is the root of its threads.
    if (pids === 'threaded' && below !== '') continue;
    if (typeof pids === 'string') return null;
    count += pids.length;
  }
  return count;
}

function tryProcesses(directory: string): number[] | 'threaded' | 'refused' {
  try {
    return [...readFileSync(`${directory}/cgroup.procs`, 'latin1').matchAll(/\d+/g)].map(Number);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENODEV') return [];
    return code === 'EOPNOTSUPP' || code === 'ENOTSUP' ? 'threaded' : 'refused';
  }
}

function tryStat(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function subdirectories(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  } catch {
    return [];
  }
}
