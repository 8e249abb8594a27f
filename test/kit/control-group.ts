import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { readMounts } from '../../src/linux/mount-info.ts';

/** A cgroup of version 2. */
export interface ControlGroup {
  readonly directory: string;
  /** Its path below the root of the hierarchy. */
  readonly path: string;
}

const made = new Set<ControlGroup>();
let number = 0;

/** Why no cgroup of version 2 can be made here; undefined if one can. */
export function whyNoControlGroup(): string | undefined {
  if (mountPoint() === undefined) return 'needs a cgroup2 file system';
  try {
    removeControlGroup(createControlGroup());
    return undefined;
  } catch (error) {
    return `no cgroup can be made: ${(error as Error).message}`;
  }
}

/** A new, empty cgroup. */
export function createControlGroup(): ControlGroup {
  number += 1;
  const path = `/fourtuple-${process.pid}-${number}`;
  const group = { path, directory: `${mountPoint()}${path}` };
  mkdirSync(group.directory);
  made.add(group);
  return group;
}

/** Moves a process there: what it opens from then on belongs to the cgroup. */
export function moveProcess(pid: number, { directory }: Pick<ControlGroup, 'directory'>): void {
  writeFileSync(`${directory}/cgroup.procs`, `${pid}`);
}

/** Where this process is now. */
export function ownControlGroup(): Pick<ControlGroup, 'directory'> {
  const path = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1];
  return { directory: `${mountPoint()}${path === '/' ? '' : path}` };
}

/** No process may be left in it. */
function removeControlGroup(group: ControlGroup): void {
  rmdirSync(group.directory);
  made.delete(group);
}

/** Removes what is left of those that were made here. */
export function removeControlGroups(): void {
  for (const group of made) removeControlGroup(group);
}

function mountPoint(): string | undefined {
  return readMounts('cgroup2').find(({ root }) => root === '/')?.point;
}
