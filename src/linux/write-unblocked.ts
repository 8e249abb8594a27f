import { constants } from 'node:os';
import { errno, libc } from './libc.ts';

const { EAGAIN, ENOTSOCK } = constants.errno;
const POLLOUT = 4;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;

/** What became of a write: `full` where it would have had to wait, `failed` where nobody will ever read it. */
export type WriteOutcome = 'written' | 'full' | 'failed';

/**
 * Writes to a file descriptor that may be a socket, a pipe, a terminal or a file, and never waits for who reads it: Node's own
 * process.stderr does (`O_NONBLOCK` is set on what the descriptor is shared with, so it cannot be set here).
 *
 * @param bytes at most PIPE_BUF (4,096), of which a pipe takes all or none
 */
export function writeUnblocked(fd: number, bytes: Uint8Array): WriteOutcome {
  // A socket's write queue is looked at by the call itself; other kinds have no such flag.
  if (libc.send(fd, bytes, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) return 'written';
  const failure = errno();
  if (failure !== ENOTSOCK) return failure === EAGAIN ? 'full' : 'failed';
  if (!isWritable(fd)) return 'full';
  if (libc.write(fd, bytes, bytes.length) >= 0) return 'written';
  return errno() === EAGAIN ? 'full' : 'failed';
}

/** Whether a pipe has room for PIPE_BUF bytes, and a terminal is not held (Ctrl-S); a pipe that nobody reads is, too. */
function isWritable(fd: number): boolean {
  const request = Int32Array.of(fd, POLLOUT);
  return libc.poll(request, 1, 0) > 0;
}
