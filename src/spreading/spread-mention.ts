import { closeSync, readFileSync } from 'node:fs';
import { openToRead } from '../changes/state-file.ts';

/** How the journal names the kinds of change that a spread is, `pinned-spread` too. */
const KIND = 'spread"';

/**
 * Whether a journal tells of a spread at all, open or not: what reads its entries need not be loaded where it does not.
 * False where it may not be read.
 *
 * @param directory of the journal
 */
export function mentionsSpread(directory: string): boolean {
  try {
    const fd = openToRead(`${directory}/journal`, 'the journal');
    if (fd === null) return false;
    try {
      return readFileSync(fd).includes(KIND);
    } finally {
      closeSync(fd);
    }
  } catch {
    return false;
  }
}
