import { closeSync, constants, fchmodSync, fstatSync, openSync } from 'node:fs';
import { FourtupleError } from '../tcp/error.ts';

const { O_APPEND, O_CREAT, O_EXCL, O_NOCTTY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } = constants;
/** What lies there may be another's doing: a link to a file of root's, a pipe that nobody writes to. */
const CAREFULLY: number = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
const MODE = 0o644;
const WRITABLE_BY_OTHERS = 0o022;
const ROOT = 0;

/**
 * Opens a file of the state directory for reading.
 *
 * @param title the file, as it begins a sentence: `the journal '/var/lib/fourtuple/journal'`
 * @returns null where there is none
 * @throws FourtupleError FT_JOURNAL where others may have written it: root does what it says; else the error of open(2)
 */
export function openToRead(path: string, title: string): number | null {
  return openExisting(path, O_RDONLY, title);
}

/** Opens a file of the state directory for reading and appending, and makes it where it is missing. @throws as {@link openToRead} */
export function openToAppend(path: string, title: string): number {
  for (;;) {
    const fd = openExisting(path, O_RDWR | O_APPEND, title) ?? create(path);
    if (fd !== null) return fd;
  }
}

function openExisting(path: string, flags: number, title: string): number | null {
  let fd: number;
  try {
    fd = openSync(path, flags | CAREFULLY);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  return closedOnError(fd, () => checkOwn(fd, title));
}

/** @returns null where another has made it meanwhile */
function create(path: string): number | null {
  let fd: number;
  try {
    fd = openSync(path, O_RDWR | O_APPEND | O_CREAT | O_EXCL, MODE);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null;
    throw error;
  }
  // The umask may have taken from it.
  return closedOnError(fd, () => fchmodSync(fd, MODE));
}

function closedOnError(fd: number, work: () => void): number {
  try {
    work();
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Root does what the journal says, and writes into what a hard link leads to. */
function checkOwn(fd: number, title: string): void {
  const { mode, nlink, uid } = fstatSync(fd);
  const refuse = (why: string, wayOn: string): never => {
    throw new FourtupleError('FT_JOURNAL', `${title} ${why}`, {
      hint: `Nothing is changed while that is so. ${wayOn}`,
    });
  };
  if ((mode & constants.S_IFMT) !== constants.S_IFREG) refuse('is no regular file', 'Move it away.');
  if (nlink > 1) refuse(`has ${nlink} names (hard links)`, 'Put a copy in its place.');
  if (uid !== ROOT && uid !== process.geteuid?.()) refuse(`belongs to user ${uid}`, 'Look through it, then chown it.');
  if ((mode & WRITABLE_BY_OTHERS) === 0) return;
  refuse(`may be written by others (mode ${(mode & 0o7777).toString(8)})`, 'Look through it, then chmod it to 644.');
}
