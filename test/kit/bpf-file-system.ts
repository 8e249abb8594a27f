import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import koffi from 'koffi';
import { beforeEach, onTestFinished } from 'vitest';
import { checked } from './libc-calls.ts';
import { temporaryFolder } from './proxies.ts';

const library = koffi.load(null);
const unshare = library.func('int unshare(int)');
const mount = library.func('int mount(const char *, const char *, const char *, unsigned long, const void *)');
const umount2 = library.func('int umount2(const char *, int)');

const CLONE_NEWNS = 0x20000;
const MS_REC = 0x4000;
const MS_PRIVATE = 0x40000;
const MNT_DETACH = 2;

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
  checked('mount bpf', mount('bpf', folder, 'bpf', 0, null));
  onTestFinished(() => void checked('unmount bpf', umount2(folder, MNT_DETACH)));
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
  checked('unshare', unshare(CLONE_NEWNS));
  checked('mount private', mount('none', '/', null, MS_REC | MS_PRIVATE, null));
  for (const point of mountPoints()) checked('unmount bpf', umount2(point, MNT_DETACH));
  isPrivate = true;
}
