import { constants } from 'node:os';
import koffi from 'koffi';
import { FourtupleError } from '../tcp/error.ts';

/** A pointer argument: the typed array's own memory, read and written in place, never copied. */
type Memory = ArrayBufferView | null;

interface Libc {
  accept4(fd: number, address: Memory, length: Memory, flags: number): number;
  bind(fd: number, address: Memory, size: number): number;
  clock_getres(clock: number, into: Memory): number;
  close(fd: number): number;
  connect(fd: number, address: Memory, size: number): number;
  flock(fd: number, operation: number): number;
  /** `size` holds the room in `into`, and what was filled of it afterwards. */
  getsockopt(fd: number, level: number, option: number, into: Memory, size: Uint32Array): number;
  if_indextoname(index: number, into: Memory): bigint | null;
  getpgrp(): number;
  getsockname(fd: number, address: Memory, length: Uint32Array): number;
  ioctl(fd: number, request: number): number;
  listen(fd: number, backlog: number): number;
  open(path: string, flags: number, mode: number): number;
  /** `requests` holds one `struct pollfd` of 8 bytes each; waits so many milliseconds at most. */
  poll(requests: Memory, count: number, timeout: number): number;
  /** A path as bytes ends with a zero. */
  read(fd: number, into: Memory, size: number): number;
  readlinkat(directory: number, path: string | Uint8Array, into: Memory, size: number): number;
  recv(fd: number, into: Memory, size: number, flags: number): number;
  send(fd: number, from: Memory, size: number, flags: number): number;
  setns(fd: number, kind: number): number;
  setpgid(pid: number, group: number): number;
  setsockopt(fd: number, level: number, option: number, value: Memory, size: number): number;
  shutdown(fd: number, how: number): number;
  /** @param handler SIG_DFL (0) or SIG_IGN (1) */
  signal(signal: number, handler: number): number;
  socket(family: number, type: number, protocol: number): number;
  tcsetpgrp(fd: number, group: number): number;
  write(fd: number, from: Memory, size: number): number;
}

/** What sockets are opened with, so that no child process inherits them (SOCK_CLOEXEC of <sys/socket.h>). */
export const SOCK_CLOEXEC = 0o2000000;

const library = loadLibrary();

function loadLibrary(): ReturnType<typeof koffi.load> {
  try {
    // The program's own symbols include the C library's, be it glibc or musl.
    return koffi.load(null);
  } catch (cause) {
    throw new FourtupleError('FT_UNSUPPORTED', 'the C library cannot be called on this platform', {
      hint: 'Reading the kernel needs Linux on x64 or arm64; `status --from FILE` works anywhere.',
      cause,
    });
  }
}

const send = library.func('long send(int, void *, size_t, int)');

/** The C library, by the names of its functions. Each returns -1 (or null) on failure; read {@link errno} at once. */
export const libc: Libc = {
  accept4: library.func('int accept4(int, void *, void *, int)'),
  bind: library.func('int bind(int, const void *, unsigned int)'),
  clock_getres: library.func('int clock_getres(int, void *)'),
  close: library.func('int close(int)'),
  connect: library.func('int connect(int, const void *, unsigned int)'),
  flock: library.func('int flock(int, int)'),
  getpgrp: library.func('int getpgrp()'),
  getsockname: library.func('int getsockname(int, void *, void *)'),
  getsockopt: library.func('int getsockopt(int, int, int, void *, void *)'),
  if_indextoname: library.func('void *if_indextoname(unsigned int, void *)'),
  ioctl: library.func('int ioctl(int, unsigned long)'),
  listen: library.func('int listen(int, int)'),
  open: library.func('int open(const char *, int, int)'),
  poll: library.func('int poll(void *, unsigned long, int)'),
  read: library.func('long read(int, void *, size_t)'),
  readlinkat: library.func('long readlinkat(int, const char *, void *, size_t)'),
  recv: library.func('long recv(int, void *, size_t, int)'),
  send,
  setns: library.func('int setns(int, int)'),
  setpgid: library.func('int setpgid(int, int)'),
  setsockopt: library.func('int setsockopt(int, int, int, const void *, unsigned int)'),
  shutdown: library.func('int shutdown(int, int)'),
  signal: library.func('intptr_t signal(int, intptr_t)'),
  socket: library.func('int socket(int, int, int)'),
  tcsetpgrp: library.func('int tcsetpgrp(int, int)'),
  write: library.func('long write(int, const void *, size_t)'),
};

/**
 * `send()` on a thread of its own, so that what the kernel does inside it runs beside the caller.
 *
 * @returns what `send()` returned; -1 on failure, and then {@link errno} does not know why
 */
export function sendInBackground(fd: number, from: ArrayBufferView, size: number): Promise<number> {
  return new Promise((resolve, reject) => {
    send.async(fd, from, size, 0, (error: Error | null, result: number) => {
      if (error === null) resolve(result);
      else reject(error);
    });
  });
}

/** The error number of the last failed call of {@link libc}. */
export function errno(): number {
  return koffi.errno();
}

const NAMES = new Map(Object.entries(constants.errno).map(([name, number]) => [number, name]));

/** `EPERM` for 1; `errno 4711` for a number that Node has no name for. */
export function errnoName(number: number): string {
  return NAMES.get(number) ?? `errno ${number}`;
}
