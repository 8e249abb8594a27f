import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach } from 'vitest';

/** The cgroup that a test file makes all others in. */
export const TEST_CGROUP: string = `fourtuple-test-${process.pid}`;

const made: string[] = [];
const started = new Set<ChildProcess>();

/** Where cgroups of version 2, or the hierarchy of version 1 without a controller, are mounted; undefined where not. */
export function cgroupMount(type: 'cgroup' | 'cgroup2'): string | undefined {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  const line = lines.find(
    (each) => each.includes(` - ${type} `) && (type === 'cgroup2' || each.includes('name=systemd')),
  );
  const [root, point] = line?.split(' ').slice(3, 5) ?? [];
  return root === '/' ? point : undefined;
}

/**
 * Lets each test of the suite (or of the file) make cgroups, and removes them afterwards with the processes that were
 * started in them. Skips the tests, and says why, where none can be made.
 */
export function usesCgroups(...types: ('cgroup' | 'cgroup2')[]): void {
  beforeEach(({ skip }) => {
    for (const type of types) {
      const mount = cgroupMount(type);
      if (mount === undefined) skip(`needs a whole ${type} file system`);
      else if (!isWritable(mount)) skip(`needs to make cgroups in ${mount}`);
    }
  });
  afterEach(async () => {
    for (const child of started) {
      const gone = once(child, 'exit');
      if (child.kill('SIGKILL')) await gone;
      started.delete(child);
    }
    for (const directory of made.splice(0).reverse()) if (exists(directory)) removeCgroup(directory);
  });
}

/**
 * Makes a cgroup, and those above it that are missing, below {@link TEST_CGROUP}.
 *
 * @returns its directory
 */
export function makeCgroup(below = '', type: 'cgroup' | 'cgroup2' = 'cgroup2'): string {
  let directory = cgroupMount(type) ?? '';
  for (const name of [TEST_CGROUP, ...below.split('/').filter((each) => each !== '')]) {
    directory += `/${name}`;
    if (exists(directory)) continue;
    mkdirSync(directory);
    made.push(directory);
  }
  return directory;
}

/** Ends a process when the test ends, before its cgroup is removed. */
export function endsWithCgroups(child: ChildProcess): void {
  started.add(child);
}

/** What was moved there, and has an end of its own, goes back to the root. */
function removeCgroup(directory: string): void {
  const root = directory.slice(0, directory.indexOf(`/${TEST_CGROUP}`));
  for (const [pid] of processesIn(directory).matchAll(/\d+/g)) writeFileSync(`${root}/cgroup.procs`, pid);
  rmdirSync(directory);
}

/** A threaded one does not tell them: they are those of the cgroup above. */
function processesIn(directory: string): string {
  try {
    return readFileSync(`${directory}/cgroup.procs`, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOTSUP') throw error;
    return '';
  }
}

/** Starts a process, and moves it to these cgroups, which are of different hierarchies. */
export async function startIn(...directories: readonly string[]): Promise<number> {
  const child = spawn('sleep', ['600'], { stdio: 'ignore' });
  started.add(child);
  await once(child, 'spawn');
  for (const directory of directories) writeFileSync(`${directory}/cgroup.procs`, String(child.pid));
  return child.pid as number;
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
