import { statSync } from 'node:fs';

/**
 * Whether a path leads to something that this process may look at. Node's existsSync() asks access(2), which leaves out the
 * capabilities of a process that is not root: with CAP_DAC_READ_SEARCH alone it denies what can be read.
 */
export function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}
