import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, onTestFinished } from 'vitest';
import { mountKernelFiles, unmount, unshareMounts } from './mounts.ts';
import { temporaryFolder } from './proxies.ts';

let isPrivate = false;

/**
 * Lets each test of the suite (or of the file) mount bpf file systems that only this process and its children see: it goes
 * to a mount namespace of its own, and stays there. What the machine has mounted is hidden. Skips the tests, and says why,
 * where none can be mounted.
 */
export function usesBpfFileSystem(): void {
  beforeEach(({ skip }) => {
    try {
      leaveMountNamespace();
    } catch (error) {
      skip(`needs a mount namespace of its own: ${(error as Error).message}`);
    }
  });
}

/** Mounts one, until the test ends: what is pinned there goes with it. @returns its folder */
export function mountBpfFileSystem(): string {
  const folder = temporaryFolder();
  mountKernelFiles('bpf', folder);
  onTestFinished(() => unmount(folder));
  return folder;
}

/** What is pinned on it, by path. */
export function pinsOn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/^(?:maps|progs)\.debug$/.test(name))
    .map((name) => join(folder, name))
    .sort();
}

function mountPoints(): string[] {
  const lines = readFileSync('/proc/self/mountinfo', 'latin1').split('\n');
  return lines.filter((line) => line.includes(' - bpf ')).map((line) => line.split(' ')[4] as string);
}

function leaveMountNamespace(): void {
  if (isPrivate) return;
  unshareMounts();
  for (const point of mountPoints()) unmount(point);
  isPrivate = true;
}
