import { closeSync, ftruncateSync, readSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { tryLockFile } from '../linux/file-lock.ts';
import { printable } from '../linux/printable.ts';
import { FourtupleError } from '../tcp/error.ts';
import { makeStateDirectory } from './state-directory.ts';
import { stateFailure } from './state-failure.ts';
import { openToAppend } from './state-file.ts';

const POLL_MS = 50;
const LONGEST_PID = 16;

/** How long to wait for another writer. */
export interface LockOptions {
  /** Milliseconds. */
  readonly patienceMs: number;
  /** Called once where another process has the lock and is waited for; null where its number is not known. */
  onWait?(holder: number | null): void;
}

/**
 * Runs `work` while no other process changes settings or the journal. The kernel gives the lock back when the process ends,
 * however it ends (flock(2)).
 *
 * @param directory of the journal; made where it is missing
 * @throws FourtupleError FT_BUSY where another process keeps it for longer; FT_PRIVILEGE where the directory may not be
 *   written; FT_JOURNAL where it cannot be
 */
export async function withLock<T>(directory: string, options: LockOptions, work: () => T | Promise<T>): Promise<T> {
  const path = `${directory}/lock`;
  const title = `the lock '${printable(path)}'`;
  const fd = open(directory, path, title);
  try {
    await waitFor(fd, title, options);
    writeHolder(fd, `${process.pid}\n`);
    try {
      return await work();
    } finally {
      writeHolder(fd, '');
    }
  } finally {
    closeSync(fd);
  }
}

function open(directory: string, path: string, title: string): number {
  try {
    makeStateDirectory(directory);
    return openToAppend(path, title);
  } catch (error) {
    throw stateFailure(error, title, 'written', 'Nothing was changed.');
  }
}

async function waitFor(fd: number, title: string, options: LockOptions): Promise<void> {
  const start = performance.now();
  for (let isFirst = true; !tryLock(fd, title); isFirst = false) {
    const leftMs = start + options.patienceMs - performance.now();
    if (leftMs <= 0) throw busy(readHolder(fd));
    if (isFirst) options.onWait?.(readHolder(fd));
    await sleep(Math.min(POLL_MS, leftMs));
  }
}

function tryLock(fd: number, title: string): boolean {
  try {
    return tryLockFile(fd);
  } catch (cause) {
    throw new FourtupleError('FT_JOURNAL', `${title} cannot be taken: ${(cause as Error).message}`, {
      hint: 'Nothing was changed. FOURTUPLE_STATE_DIRECTORY names a directory of another file system.',
      cause,
    });
  }
}

function busy(holder: number | null): FourtupleError {
  const who = holder === null ? '' : ` (process ${holder})`;
  return new FourtupleError('FT_BUSY', `another fourtuple fix${who} is changing settings`, {
    hint: 'Wait for it to end; nothing was changed.',
  });
}

function readHolder(fd: number): number | null {
  const bytes = new Uint8Array(LONGEST_PID);
  const text = Buffer.from(bytes.subarray(0, readSync(fd, bytes, 0, LONGEST_PID, 0))).toString('latin1');
  return /^[1-9]\d*\n$/.test(text) ? Number(text.trim()) : null;
}

/** It is for messages only: on a full disk nobody is named. */
function writeHolder(fd: number, text: string): void {
  try {
    ftruncateSync(fd, 0);
    writeSync(fd, text);
  } catch {
    // The lock itself is the kernel's.
  }
}
