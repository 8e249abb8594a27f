import { Journal } from '../changes/journal.ts';
import type { JournalEntry } from '../changes/journal-entry.ts';
import { withLock } from '../changes/lock.ts';
import { stateDirectory } from '../changes/state-directory.ts';
import { warn } from './fix-output.ts';

/** Long enough for another one to apply a remedy; it watches lanes without the lock. */
const PATIENCE_MS = 10_000;

/** The journal of this machine. */
export function openJournal(): Journal {
  return new Journal(stateDirectory(process.env));
}

/** What can be taken back, the newest first. @throws FourtupleError FT_JOURNAL, FT_PRIVILEGE */
export function openEntries(journal: Journal): JournalEntry[] {
  return journal
    .read()
    .filter(({ closed }) => closed === null)
    .reverse();
}

/** Runs `work` while nobody else changes settings; says for whom it waits. @throws FourtupleError like `withLock` */
export function alone<T>(work: () => T | Promise<T>): Promise<T> {
  return withLock(
    stateDirectory(process.env),
    {
      patienceMs: PATIENCE_MS,
      onWait: (holder) => {
        warn(`waiting for ${holder === null ? 'another process' : `process ${holder}`}, which is changing settings`);
      },
    },
    work,
  );
}
