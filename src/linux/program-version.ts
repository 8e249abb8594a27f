import { closeSync, fstatSync, openSync, readlinkSync, readSync } from 'node:fs';
import { basename } from 'node:path';

/** How far an executable is searched: those of nginx and HAProxy have some 1 to 10 MB. */
const MOST_BYTES = 32 * 1024 * 1024;

/**
 * Programs whose executable holds its version as text, by how the file's name begins. nginx: `NGINX_VER_BUILD` in what
 * `-v` prints (src/core/nginx.c; OpenResty counts on with a fourth number). HAProxy: `stats_version_string` (src/version.c).
 */
const MARKERS: readonly (readonly [file: string, version: RegExp])[] = [
  ['nginx', /nginx version: (?:nginx|openresty)\/(\d[\w.+~-]{0,60})/],
  ['openresty', /nginx version: (?:nginx|openresty)\/(\d[\w.+~-]{0,60})/],
  ['haproxy', / version (\d[\w.+~-]{0,60}), released \d{4}\/\d\d\/\d\d/],
];

/** Of executables that were read already, by device, inode and time of change. */
const known = new Map<string, string | null>();

/**
 * The version of a program that runs, as `nginx -v` or `haproxy -v` would tell it, from the text of its executable: also
 * where that has been replaced or deleted since. Nothing is executed. It takes some milliseconds for each executable, once.
 *
 * @returns null for any other program, and where the process has exited or its executable may not be read (ptrace(2),
 * PTRACE_MODE_READ_FSCREDS)
 */
export function programVersion(pid: number): string | null {
  const link = `/proc/${pid}/exe`;
  try {
    const file = basename(readlinkSync(link));
    const marker = MARKERS.find(([name]) => file.startsWith(name));
    return marker === undefined ? null : versionIn(link, marker[1]);
  } catch {
    return null;
  }
}

function versionIn(path: string, marker: RegExp): string | null {
  const descriptor = openSync(path, 'r');
  try {
    const { dev, ino, mtimeMs, size } = fstatSync(descriptor);
    const key = `${dev}:${ino}:${mtimeMs}`;
    const cached = known.get(key);
    if (cached !== undefined) return cached;
    const version = marker.exec(textOf(descriptor, Math.min(size, MOST_BYTES)))?.[1] ?? null;
    known.set(key, version);
    return version;
  } finally {
    closeSync(descriptor);
  }
}

function textOf(descriptor: number, size: number): string {
  const bytes = Buffer.alloc(size);
  let length = 0;
  for (let read = -1; read !== 0 && length < size; length += read) {
    read = readSync(descriptor, bytes, length, size - length, length);
  }
  return bytes.toString('latin1', 0, length);
}
