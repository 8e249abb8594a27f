import koffi from 'koffi';
import { checked } from './libc-calls.ts';

const library = koffi.load(null);
const capget = library.func('int capget(void *, void *)');
const capset = library.func('int capset(void *, void *)');

/** `_LINUX_CAPABILITY_VERSION_3` of linux/capability.h, for the calling thread. */
const header = new Uint32Array([0x20080522, 0]);
/** Two sets of effective, permitted and inheritable. */
const EFFECTIVE = [0, 3] as const;

/**
 * Runs synchronous code with no capability in effect: for the kernel this is then a process like any other user's, though
 * files of root's stay its own.
 */
export function withoutCapabilities<T>(run: () => T): T {
  const giveBack = dropCapabilities();
  try {
    return run();
  } finally {
    giveBack();
  }
}

/** Puts all capabilities of this thread out of effect, until the returned function is called. */
export function dropCapabilities(): () => void {
  const before = new Uint32Array(6);
  checked('capget', capget(header, before));
  const without = before.slice();
  for (const word of EFFECTIVE) without[word] = 0;
  checked('capset', capset(header, without));
  return () => void checked('capset', capset(header, before));
}
