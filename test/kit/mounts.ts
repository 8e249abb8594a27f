import koffi from 'koffi';
import { checked } from './libc-calls.ts';

const library = koffi.load(null);
const unshare = library.func('int unshare(int)');
const mount = library.func('int mount(const char *, const char *, const char *, unsigned long, const void *)');
const umount2 = library.func('int umount2(const char *, int)');

const CLONE_NEWNS = 0x20000;
const MS_RDONLY = 1;
const MS_REC = 0x4000;
const MS_PRIVATE = 0x40000;
const MNT_DETACH = 2;

/** Moves this process to a mount namespace of its own: what it mounts from then on is seen by it and its children only. */
export function unshareMounts(): void {
  checked('unshare', unshare(CLONE_NEWNS));
  checked('mount private', mount('none', '/', null, MS_REC | MS_PRIVATE, null));
}

/** Mounts a file system that the kernel makes. */
export function mountKernelFiles(type: string, point: string): void {
  checked(`mount ${type}`, mount(type, point, type, 0, null));
}

/** Mounts an empty file system in memory that takes so many bytes; none where it is read-only. */
export function mountMemory(point: string, bytes: number, isReadOnly = false): void {
  const options = Buffer.from(`size=${bytes}\0`);
  checked('mount tmpfs', mount('tmpfs', point, 'tmpfs', isReadOnly ? MS_RDONLY : 0, options));
}

/** Also where something of it is in use still. */
export function unmount(point: string): void {
  checked(`unmount ${point}`, umount2(point, MNT_DETACH));
}

/** What is not mounted is no error. */
export function unmountIfThere(point: string): void {
  umount2(point, MNT_DETACH);
}
