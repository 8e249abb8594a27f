import { constants as fsConstants, readdirSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { readInodeLink, SOCKET_LINK } from './inode-link.ts';
import { errno, libc } from './libc.ts';

const { EACCES, EPERM } = constants.errno;
const { O_DIRECTORY, O_RDONLY } = fsConstants;
const O_CLOEXEC = 0o2000000;

/**
 * How reading a process's open files ended. `refused`: this process may not look into that one (ptrace(2), "Ptrace access
 * mode checking"). `gone`: it exited. `stopped`: the visitor had enough.
 */
export type OpenFilesOutcome = 'read' | 'refused' | 'gone' | 'stopped';

/**
 * How many files a process has open: the size of /proc/PID/fd, which anybody may ask for (Linux 6.2, `proc_fd_getattr()`
 * of fs/proc/fd.c).
 *
 * @returns null where the kernel does not tell: an older one gives 0 for every process, so 0 is not known there either;
 * undefined where the process has exited
 */
export function countOpenFiles(pid: number): number | null | undefined {
  try {
    const size = statSync(`/proc/${pid}/fd`, { throwIfNoEntry: false })?.size;
    return size === undefined || size > 0 || isCountTold() ? size : null;
  } catch {
    return null;
  }
}

let countTold: boolean | undefined;

function isCountTold(): boolean {
  countTold ??= statSync('/proc/self/fd').size > 0;
  return countTold;
}

// A file descriptor's number as bytes, with the zero that ends a path.
const name = new Uint8Array(12);

function writeName(descriptor: number): void {
  let length = 1;
  for (let rest = descriptor; rest > 9; rest = Math.trunc(rest / 10)) length += 1;
  name[length] = 0;
  let rest = descriptor;
  for (let at = length - 1; at >= 0; at -= 1) {
    name[at] = 0x30 + (rest % 10);
    rest = Math.trunc(rest / 10);
  }
}

// Of a table with more holes than this, a list costs less than trying the numbers (0.5 µs for each open file, measured).
const HOLES_ALLOWED = 64;

/**
 * Calls `visit` for each file that a process has open, with the inode of the socket, or 0 for what is no socket, until
 * `visit` returns false. Sockets of a thread that has left the process's file table (`unshare(CLONE_FILES)`) are not seen.
 *
 * Allocates nothing per file where the number of open files is known and the table has few holes: the kernel gives out
 * the lowest free number, so all are found by trying 0, 1, 2, … Otherwise /proc/PID/fd is listed.
 *
 * @param expected what {@link countOpenFiles} gave
 */
export function forEachOpenFile(
  pid: number,
  expected: number | null,
  visit: (socketInode: number) => boolean,
): OpenFilesOutcome {
  const directory = libc.open(`/proc/${pid}/fd`, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (directory < 0) return isRefusal(errno()) ? 'refused' : 'gone';
  try {
    return (expected === null ? undefined : tryNumbers(directory, expected, visit)) ?? readList(directory, visit);
  } finally {
    libc.close(directory);
  }
}

/** @returns undefined where the table has too many holes, or the process exits. */
function tryNumbers(
  directory: number,
  expected: number,
  visit: (socketInode: number) => boolean,
): OpenFilesOutcome | undefined {
  let seen = 0;
  let holes = 0;
  for (let descriptor = 0; ; descriptor += 1) {
    writeName(descriptor);
    const inode = readInodeLink(directory, name, SOCKET_LINK);
    if (inode >= 0) {
      seen += 1;
      if (!visit(inode)) return 'stopped';
      continue;
    }
    if (isRefusal(errno())) return 'refused';
    // Not at the count itself: what the process has opened since then would hide as many of the last ones.
    if (seen >= expected) return 'read';
    holes += 1;
    if (holes > HOLES_ALLOWED + seen / 8) return undefined;
  }
}

function readList(directory: number, visit: (socketInode: number) => boolean): OpenFilesOutcome {
  let descriptors: string[];
  try {
    // Through the descriptor: the number of a process that exits can be another's by now.
    descriptors = readdirSync(`/proc/self/fd/${directory}`);
  } catch {
    return 'gone';
  }
  for (const descriptor of descriptors) {
    const inode = readInodeLink(directory, descriptor, SOCKET_LINK);
    if (inode < 0) {
      if (isRefusal(errno())) return 'refused';
    } else if (!visit(inode)) return 'stopped';
  }
  return 'read';
}

function isRefusal(number: number): boolean {
  return number === EACCES || number === EPERM;
}
