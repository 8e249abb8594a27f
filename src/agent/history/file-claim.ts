import { closeSync, constants, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeStateDirectory } from '../../changes/state-directory.ts';
import { tryLockFile } from '../../linux/file-lock.ts';
import { printable } from '../../linux/printable.ts';
import { FourtupleError } from '../../tcp/error.ts';

const MODE = 0o640;
const LONGEST_PID = 16;

/**
 * Claims a history for this process until it ends, however it ends, or gives it back: one agent writes a file. It is the
 * lock of a file beside it, as closing the file itself would take SQLite's own locks from it (fcntl(2)).
 *
 * @returns gives it back
 * @throws FourtupleError FT_BUSY where another process has it; else what mkdir(2) or open(2) fails with
 */
export function claimFile(file: string): () => void {
  makeStateDirectory(dirname(file));
  const fd = openSync(`${file}.lock`, constants.O_RDWR | constants.O_CREAT, MODE);
  try {
    if (!tryLockFile(fd)) throw claimed(file, fd);
    writeHolder(fd);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return () => closeSync(fd);
}

function claimed(file: string, fd: number): FourtupleError {
  const bytes = Buffer.alloc(LONGEST_PID);
  const text = bytes.toString('latin1', 0, readSync(fd, bytes, 0, LONGEST_PID, 0)).trim();
  const who = /^[1-9]\d*$/.test(text) ? ` (process ${text})` : '';
  return new FourtupleError('FT_BUSY', `another agent${who} writes the history '${printable(file)}'`, {
    hint: 'Give each agent a file of its own: fourtuple agent --history FILE.',
  });
}

/** It is for messages only: on a full disk nobody is named. */
function writeHolder(fd: number): void {
  try {
    ftruncateSync(fd, 0);
    writeSync(fd, `${process.pid}\n`, 0);
  } catch {
    // The lock itself is the kernel's.
  }
}
