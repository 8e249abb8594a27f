import { readFileSync } from 'node:fs';
import koffi from 'koffi';
import { beforeAll, beforeEach } from 'vitest';
import { checked } from './libc-calls.ts';

const library = koffi.load(null);
const unshare = library.func('int unshare(int)');
const mount = library.func('int mount(const char *, const char *, const char *, unsigned long, const void *)');
const umount2 = library.func('int umount2(const char *, int)');

const CLONE_NEWNS = 0x20000;
const MS_REC = 0x4000;
const MS_PRIVATE = 0x40000;
const MNT_DETACH = 2;

const MOUNT_POINT = '/sys/kernel/tracing';

/** Where the trace instances are. */
export const TRACE_INSTANCES: string = `${MOUNT_POINT}/instances`;

/**
 * Gives the tests of the suite it is called in (or of the file) the kernel's tracing files: where nobody has mounted them, in
 * a mount namespace of their own, in which the process stays. Skips them, and says why, where there are none to be had.
 */
export function usesTracefs(): void {
  let reason: string | undefined;
  beforeAll(() => {
    reason = whyNoTracefs();
  });
  beforeEach(({ skip }) => {
    if (reason !== undefined) skip(reason);
  });
}

function whyNoTracefs(): string | undefined {
  if (isMounted()) return process.geteuid?.() === 0 ? undefined : 'needs root to trace';
  try {
    leaveMountNamespace();
    mountTracefs();
    return undefined;
  } catch (error) {
    return `no tracefs: ${(error as Error).message}`;
  }
}

/** Runs synchronous code where nobody has mounted the kernel's tracing files. */
export function withoutTracefs(run: () => void): void {
  leaveMountNamespace();
  checked('unmount tracefs', umount2(MOUNT_POINT, MNT_DETACH));
  // Where it is mounted, it has them too.
  umount2('/sys/kernel/debug', MNT_DETACH);
  try {
    run();
  } finally {
    mountTracefs();
  }
}

function mountTracefs(): void {
  checked('mount tracefs', mount('tracefs', MOUNT_POINT, 'tracefs', 0, null));
}

/** Goes to a mount namespace that is like this one, and from which nothing gets back. */
function leaveMountNamespace(): void {
  checked('unshare', unshare(CLONE_NEWNS));
  checked('mount private', mount('none', '/', null, MS_REC | MS_PRIVATE, null));
}

function isMounted(): boolean {
  return readFileSync('/proc/self/mountinfo', 'latin1').includes(` ${MOUNT_POINT} `);
}
