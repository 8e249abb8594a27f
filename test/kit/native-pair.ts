import koffi from 'koffi';
import { checked } from './libc-calls.ts';

const library = koffi.load(null);
const pipe2 = library.func('int pipe2(void *, int)');
const socketpair = library.func('int socketpair(int, int, int, void *)');

const O_CLOEXEC = 0o2000000;
const AF_UNIX = 1;
const SOCK_STREAM = 1;

/** Two file descriptors that belong together: what is written to one is read from the other. */
export interface NativePair {
  readonly reader: number;
  readonly writer: number;
}

export function nativePipe(): NativePair {
  const pair = new Int32Array(2);
  checked('pipe2', pipe2(pair, O_CLOEXEC));
  return { reader: pair[0] as number, writer: pair[1] as number };
}

export function nativeSocketPair(): NativePair {
  const pair = new Int32Array(2);
  checked('socketpair', socketpair(AF_UNIX, SOCK_STREAM | O_CLOEXEC, 0, pair));
  return { reader: pair[0] as number, writer: pair[1] as number };
}
