import { readFileSync } from 'node:fs';
import { beforeAll, beforeEach } from 'vitest';
import { mountKernelFiles, unmount, unmountIfThere, unshareMounts } from './mounts.ts';

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
    unshareMounts();
    mountTracefs();
    return undefined;
  } catch (error) {
    return `no tracefs: ${(error as Error).message}`;
  }
}

/** Runs synchronous code where nobody has mounted the kernel's tracing files. */
export function withoutTracefs(run: () => void): void {
  unshareMounts();
  unmount(MOUNT_POINT);
  // Where it is mounted, it has them too.
  unmountIfThere('/sys/kernel/debug');
  try {
    run();
  } finally {
    mountTracefs();
  }
}

function mountTracefs(): void {
  mountKernelFiles('tracefs', MOUNT_POINT);
}

function isMounted(): boolean {
  return readFileSync('/proc/self/mountinfo', 'latin1').includes(` ${MOUNT_POINT} `);
}
