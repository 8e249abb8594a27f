import { constants } from 'node:os';
import { FourtupleError } from '../tcp/error.ts';
import { errno, errnoName, libc } from './libc.ts';

const LOCK_EX = 2;
const LOCK_NB = 4;
const { EWOULDBLOCK } = constants.errno;

/**
 * Takes the exclusive lock of an open file, without waiting (flock(2), LOCK_EX | LOCK_NB). The kernel gives it back when
 * the file is closed, or the process ends.
 *
 * @returns false where another one has it
 * @throws FourtupleError FT_KERNEL where the file system has no locks
 */
export function tryLockFile(fd: number): boolean {
  if (libc.flock(fd, LOCK_EX | LOCK_NB) === 0) return true;
  const number = errno();
  if (number === EWOULDBLOCK) return false;
  throw new FourtupleError('FT_KERNEL', `a file cannot be locked: ${errnoName(number)}`);
}
