import { realpathSync } from 'node:fs';
import { normalizeCgroupPath, pathBelow, pathFrom, stepsUp } from './cgroup-path.ts';
import { processesOf, walkCgroups } from './cgroup-tree.ts';
import type { Mount } from './mount-info.ts';
import { readVersion2Cgroup } from './processes.ts';

/** Where a cgroup is, or would be. */
export interface CgroupPlace {
  /** From the root of this cgroup namespace: `/system.slice/nginx.service`, `/`. */
  readonly path: string;
  /** Where a mount shows it. */
  readonly directory: string;
}

export function placeBelow(mount: Mount, below: string): CgroupPlace {
  return { path: pathFrom(mount.root, below), directory: mount.point + below };
}

/** The place of a path, as /proc/PID/cgroup gives it; null where no mount shows it. */
export function placeOfPath(mounts: readonly Mount[], path: string): CgroupPlace | null {
  const wanted = normalizeCgroupPath(path);
  for (const mount of mounts) {
    const below = pathBelow(mount.root, wanted, () => homeBelow(mount));
    if (below !== null) return placeBelow(mount, below);
  }
  return null;
}

/** The place of a directory, or of what would be one; null where it is below none of the mounts. */
export function placeOfDirectory(mounts: readonly Mount[], directory: string): CgroupPlace | null {
  const real = realPath(directory);
  const [mount] = mounts
    .filter(({ point }) => real === point || real.startsWith(`${point}/`))
    .sort((a, b) => b.point.length - a.point.length);
  return mount === undefined ? null : placeBelow(mount, real.slice(mount.point.length));
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return normalizeCgroupPath(path);
  }
}

/**
 * Where the root of this cgroup namespace is below a mount from before the namespace was made. No file says it; this
 * process is somewhere below both.
 */
function homeBelow(mount: Mount): string | null {
  const own = readVersion2Cgroup(process.pid);
  if (own === undefined || own === null || stepsUp(own) > 0) return null;
  const tail = own === '/' ? '' : own;
  for (const { below } of walkCgroups(mount.point)) {
    if (!below.endsWith(tail)) continue;
    if (processesOf(mount.point + below)?.includes(process.pid)) return below.slice(0, below.length - tail.length);
  }
  return null;
}
