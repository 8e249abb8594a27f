import { constants } from 'node:os';
import koffi from 'koffi';

/** Memory that a call reads or writes in place. */
type Memory = ArrayBufferView | null;

const library = koffi.load(null);

/**
 * The calls that tests make sockets and namespaces with, by the names of their functions: a binding of the tests' own, so
 * that what they measure does not rest on what they test. Each returns -1 on failure; ask {@link failureName} at once.
 */
export const libc: {
  accept4(fd: number, address: Memory, length: Memory, flags: number): number;
  bind(fd: number, address: Memory, length: number): number;
  close(fd: number): number;
  connect(fd: number, address: Memory, length: number): number;
  getsockname(fd: number, address: Memory, length: Memory): number;
  if_nametoindex(name: string): number;
  inet_pton(family: number, text: string, into: Memory): number;
  listen(fd: number, backlog: number): number;
  read(fd: number, into: Memory, size: number): number;
  setns(fd: number, kind: number): number;
  setsockopt(fd: number, level: number, name: number, value: Memory, length: number): number;
  shutdown(fd: number, how: number): number;
  socket(family: number, type: number, protocol: number): number;
  unshare(flags: number): number;
} = {
  accept4: library.func('int accept4(int, void *, void *, int)'),
  bind: library.func('int bind(int, void *, uint32_t)'),
  close: library.func('int close(int)'),
  connect: library.func('int connect(int, void *, uint32_t)'),
  getsockname: library.func('int getsockname(int, void *, void *)'),
  if_nametoindex: library.func('uint32_t if_nametoindex(const char *)'),
  inet_pton: library.func('int inet_pton(int, const char *, void *)'),
  listen: library.func('int listen(int, int)'),
  read: library.func('long read(int, void *, size_t)'),
  setns: library.func('int setns(int, int)'),
  setsockopt: library.func('int setsockopt(int, int, int, void *, uint32_t)'),
  shutdown: library.func('int shutdown(int, int)'),
  socket: library.func('int socket(int, int, int)'),
  unshare: library.func('int unshare(int)'),
};

const NAMES = new Map(Object.entries(constants.errno).map(([name, number]) => [number, name]));

/** Why the last call failed: `EADDRNOTAVAIL`. */
export function failureName(): string {
  const number = koffi.errno();
  return NAMES.get(number) ?? `errno ${number}`;
}

/** A call that failed, with the name of the kernel's error number. */
export class CallError extends Error {
  override readonly name: string = 'CallError';
  readonly errno: string;

  constructor(call: string, errno: string) {
    super(`${call}: ${errno}`);
    this.errno = errno;
  }
}

/** @throws CallError where the result says that the call failed. */
export function checked(call: string, result: number): number {
  if (result >= 0) return result;
  throw new CallError(call, failureName());
}
