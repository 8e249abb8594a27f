import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';

/** A file system with less than this has no room. */
const LEAST_ROOM_BYTES = 65_536;

/** Whether the file system that a file is on has no room for it to grow; false where that cannot be told. */
export function isDiskFull(file: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(file));
    return bavail * bsize < LEAST_ROOM_BYTES;
  } catch {
    return false;
  }
}
