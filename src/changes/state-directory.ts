import { chmodSync, closeSync, constants, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Where the journal is kept, unless the environment says otherwise. */
const DEFAULT_DIRECTORY = '/var/lib/fourtuple';
/** Without privileges one may see what is applied. */
const MODE = 0o755;

/** The directory of the journal: FOURTUPLE_STATE_DIRECTORY where that is set. */
export function stateDirectory(environment: Readonly<Record<string, string | undefined>>): string {
  const given = environment.FOURTUPLE_STATE_DIRECTORY;
  return given === undefined || given === '' ? DEFAULT_DIRECTORY : resolve(given);
}

/**
 * Makes the directory, and those above it, where they are missing. (Node's own `recursive` never ends on a file system
 * that takes no directories, such as /proc.)
 *
 * @throws the error of mkdir(2); EEXIST where something else has its name
 */
export function makeStateDirectory(directory: string): void {
  if (isDirectory(directory)) return;
  try {
    makeDirectory(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Another has made it meanwhile.
    if (code === 'EEXIST' && isDirectory(directory)) return;
    if (code !== 'ENOENT' || isDirectory(dirname(directory))) throw error;
    makeStateDirectory(dirname(directory));
    makeStateDirectory(directory);
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function makeDirectory(directory: string): void {
  mkdirSync(directory, MODE);
  // The umask may have taken from it.
  chmodSync(directory, MODE);
}

/**
 * Comes back when the names in a directory are on the disk, its own and those above it: any of them may be as new (fsync(2):
 * that of a file is about what is in it, not about its name). What lies on another file system is not.
 *
 * @throws the error of open(2) or fsync(2)
 */
export function syncNames(directory: string): void {
  const { dev } = statSync(directory);
  for (let at = directory; statSync(at).dev === dev; at = dirname(at)) {
    syncDirectory(at);
    if (dirname(at) === at) return;
  }
}

function syncDirectory(directory: string): void {
  try {
    const fd = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // One that may not be read is not ours, and not new. EINVAL: this file system writes names by itself.
    if (code !== 'EACCES' && code !== 'EINVAL') throw error;
  }
}
