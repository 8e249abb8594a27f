import { statfsSync } from 'node:fs';
import { type Mount, readMounts } from './mount-info.ts';

/** Of linux/magic.h: CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC. */
const VERSIONS: ReadonlyMap<number, 1 | 2> = new Map([
  [0x0027e0eb, 1],
  [0x63677270, 2],
]);

/**
 * Where the hierarchies of a version of cgroups are mounted, and not hidden by what is mounted over them; the mounts of a
 * whole hierarchy come first.
 */
export function cgroupMounts(version: 1 | 2): Mount[] {
  const mounts = readMounts(version === 1 ? 'cgroup' : 'cgroup2').filter(
    ({ point }) => cgroupVersion(point) === version,
  );
  return [...mounts.filter(({ root }) => root === '/'), ...mounts.filter(({ root }) => root !== '/')];
}

/** The version of cgroups whose hierarchy a file is in; null for none. */
export function cgroupVersion(path: string): 1 | 2 | null {
  try {
    return VERSIONS.get(statfsSync(path).type) ?? null;
  } catch {
    return null;
  }
}
