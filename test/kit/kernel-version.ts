import { existsSync } from 'node:fs';
import { release } from 'node:os';
import { beforeEach } from 'vitest';

/** Skips each test of the suite it is called in (or of the file) on an older kernel. */
export function needsKernel(major: number, minor: number): void {
  const [runningMajor = 0, runningMinor = 0] = release().split('.').map(Number);
  const isOlder = runningMajor < major || (runningMajor === major && runningMinor < minor);
  skipIf(isOlder, `needs Linux ${major}.${minor}`);
}

/** Skips each test of the suite it is called in (or of the file) where the kernel lacks a setting below `net.`. */
export function needsSysctl(name: string): void {
  skipIf(!existsSync(`/proc/sys/net/${name.replaceAll('.', '/')}`), `needs net.${name}`);
}

function skipIf(condition: boolean, reason: string): void {
  if (condition) beforeEach(({ skip }) => skip(reason));
}
