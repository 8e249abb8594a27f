import { type BigIntStats, statSync } from 'node:fs';
import { FourtupleError } from '../tcp/error.ts';
import {
  noPath,
  noSuchCgroup,
  noSuchProcess,
  notDirectory,
  notMounted,
  ofVersion1,
  outOfSight,
} from './cgroup-error.ts';
import { cgroupMounts, cgroupVersion } from './cgroup-mount.ts';
import { type CgroupPlace, placeOfDirectory, placeOfPath } from './cgroup-place.ts';
import { countProcesses } from './cgroup-tree.ts';
import { findNamedCgroup } from './find-named-cgroup.ts';
import type { Mount } from './mount-info.ts';
import { CONTAINERS, UNITS } from './named-cgroups.ts';
import { printable } from './printable.ts';
import { readVersion2Cgroup } from './processes.ts';

/** What a version-2 cgroup is asked for by. */
export type CgroupWanted =
  /** From the root of the hierarchy, or where it is mounted: `/system.slice/haproxy.service`, `/sys/fs/cgroup/…`. */
  | { readonly by: 'path'; readonly path: string }
  /** systemd's name; `haproxy` is `haproxy.service` where no unit of another kind has that name. */
  | { readonly by: 'unit'; readonly unit: string }
  | { readonly by: 'pid'; readonly pid: number }
  /** An ID or its beginning, at least 4 hexadecimal digits; the name of a container of LXC or systemd-machined. */
  | { readonly by: 'container'; readonly id: string };

export interface FoundCgroup {
  /** From the root of the hierarchy that this process sees: `/system.slice/haproxy.service`, `/`. */
  readonly path: string;
  /** Where it is mounted: `/sys/fs/cgroup/unified/system.slice/haproxy.service`. */
  readonly directory: string;
  /** The inode of its directory, which is what the kernel knows it by (`cgroup_id()`, 64-bit kernels). */
  readonly id: number;
  /** How many processes are in it and below it; null where that may not be read. */
  readonly processes: number | null;
}

/**
 * Finds a version-2 cgroup, on a machine that has version 2 alone or beside version 1.
 *
 * @throws FourtupleError FT_ARGUMENT where there is no such cgroup, unit, process or container, where several are meant, or
 * it is one of version 1; FT_UNSUPPORTED where no version 2 is mounted, or it does not tell what is asked for from the rest
 * of the machine; FT_PRIVILEGE where it may not be looked at
 */
export function findCgroup(wanted: CgroupWanted): FoundCgroup {
  const mounts = cgroupMounts(2);
  const [mount] = mounts;
  if (mount === undefined) throw notMounted();
  return foundAt(placeOf(wanted, mount, mounts));
}

function placeOf(wanted: CgroupWanted, mount: Mount, mounts: readonly Mount[]): CgroupPlace {
  switch (wanted.by) {
    case 'path':
      return placeOfText(mounts, wanted.path);
    case 'pid':
      return placeOfProcess(mounts, wanted.pid);
    case 'unit':
      return findNamedCgroup(UNITS, wanted.unit, mount);
    case 'container':
      return findNamedCgroup(CONTAINERS, wanted.id, mount);
  }
}

/** Whether a cgroup is still the one that was found: an id is never used again, a path can be. */
export function cgroupStillThere({ directory, id }: FoundCgroup): boolean {
  try {
    return statSync(directory, { bigint: true, throwIfNoEntry: false })?.ino === BigInt(id);
  } catch {
    return false;
  }
}

function placeOfText(mounts: readonly Mount[], text: string): CgroupPlace {
  if (text === '' || text.includes('\0')) throw noPath(text);
  const place = (text.startsWith('/') ? placeOfDirectory(mounts, text) : null) ?? placeOfPath(mounts, text);
  if (place !== null && tryStat(place.directory) !== undefined) return place;
  const version1 = version1Directory(text);
  throw version1 === null ? noSuchCgroup(text) : ofVersion1(version1);
}

function placeOfProcess(mounts: readonly Mount[], pid: number): CgroupPlace {
  const path = Number.isSafeInteger(pid) && pid > 0 ? readVersion2Cgroup(pid) : undefined;
  if (path === undefined) throw noSuchProcess(pid);
  if (path === null) throw notMounted();
  const place = placeOfPath(mounts, path);
  if (place === null) throw outOfSight(`process ${pid}`, path);
  // Only what has exited, and waits for its parent to notice, can be in a cgroup that has been removed.
  if (path.endsWith(' (deleted)') && tryStat(place.directory) === undefined) throw noSuchProcess(pid);
  return place;
}

/** The directory of version 1 that a path is, or is the path of from the root of its hierarchy. */
function version1Directory(text: string): string | null {
  if (text.startsWith('/') && cgroupVersion(text) === 1) return text;
  for (const mount of cgroupMounts(1)) {
    const directory = placeOfPath([mount], text)?.directory;
    // Each hierarchy has a root.
    if (directory !== undefined && directory !== mount.point && tryStat(directory)?.isDirectory() === true)
      return directory;
  }
  return null;
}

function foundAt({ path, directory }: CgroupPlace): FoundCgroup {
  const stats = tryStat(directory);
  if (stats === undefined) throw noSuchCgroup(path);
  if (!stats.isDirectory()) throw notDirectory(directory);
  const version = cgroupVersion(directory);
  if (version !== 2) throw version === 1 ? ofVersion1(directory) : noSuchCgroup(directory);
  return { path, directory, id: idOf(stats, directory), processes: countProcesses(directory) };
}

function idOf({ ino }: BigIntStats, directory: string): number {
  const id = Number(ino);
  if (Number.isSafeInteger(id)) return id;
  throw new FourtupleError('FT_UNSUPPORTED', `the id of the cgroup '${printable(directory)}' is too large: ${ino}`);
}

/** @throws FourtupleError FT_PRIVILEGE where it may not be looked at */
function tryStat(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EACCES') return undefined;
    throw new FourtupleError('FT_PRIVILEGE', `'${printable(path)}' may not be looked at`, {
      hint: 'Run it as root.',
      cause,
    });
  }
}
