import { Journal } from '../changes/journal.ts';
import type { JournalEntry } from '../changes/journal-entry.ts';
import { isSpread } from '../changes/recorded-change.ts';
import { bootId } from '../linux/namespace-cookie.ts';
import { FourtupleError } from '../tcp/error.ts';

/** A spread that was attached, and not taken back, as the journal knows it. */
export interface OpenSpread {
  /** The entry's number. */
  readonly id: number;
  /** RFC 3339, UTC. */
  readonly since: string;
  /** Of the cgroup. */
  readonly directory: string;
  /** Of the network namespace whose connections are meant. */
  readonly namespace: { readonly inode: number; readonly cookie: bigint };
}

/**
 * The spreads of this boot that are open, the first one first: none outlives a boot. What attached them may have been killed
 * since.
 *
 * @param directory of the journal
 * @returns none where the journal cannot be read: `fix` tells why
 */
export function openSpreads(directory: string): OpenSpread[] {
  const boot = bootId();
  return readEntries(directory)
    .filter(({ closed, namespace }) => closed === null && (boot === null || namespace.bootId === boot))
    .flatMap(spreadsOf);
}

function readEntries(directory: string): JournalEntry[] {
  try {
    return new Journal(directory).read();
  } catch (error) {
    if (error instanceof FourtupleError) return [];
    throw error;
  }
}

function spreadsOf({ id, at, namespace: { inode, cookie }, changes }: JournalEntry): OpenSpread[] {
  if (cookie === null) return [];
  return changes
    .filter(isSpread)
    .map(({ setting }) => ({ id, since: at, directory: setting, namespace: { inode, cookie: BigInt(cookie) } }));
}
