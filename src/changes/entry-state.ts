import { FourtupleError } from '../tcp/error.ts';
import { findNamespace } from './find-namespace.ts';
import type { JournalEntry } from './journal-entry.ts';
import type { RecordedChange } from './recorded-change.ts';
import { isSameValue } from './same-value.ts';
import type { ChangePlace } from './target.ts';
import { readTarget } from './targets.ts';

/** A change, and what is there now. */
export interface ChangeState {
  readonly change: RecordedChange;
  /** null where there is nothing, as before a line was put into a file. */
  readonly now: string | null;
  /** `made`: as it was set. `back`: as it was before. `changed`: somebody else has set something else since. */
  readonly state: 'made' | 'back' | 'changed';
}

/** What has become of an open entry. */
export type EntryState =
  | { readonly place: 'found'; readonly changes: readonly ChangeState[] }
  /** Its namespace is there no more, and its changes with it. */
  | { readonly place: 'gone' }
  /** Its namespace cannot be found or entered from here, which does not mean that it is gone: one sentence why. */
  | { readonly place: 'unreachable'; readonly why: string };

/** Reads what is there now of what an entry changed. @param root what stands for `/`, for files of /etc */
export function entryState(entry: JournalEntry, root?: string): EntryState {
  const found = findNamespace(entry.namespace);
  if (found.place === 'gone') return { place: 'gone' };
  if (found.place === 'unreachable') return { place: 'unreachable', why: found.error.message };
  try {
    return { place: 'found', changes: readStates({ handle: found.handle, root }, entry.changes) };
  } catch (error) {
    if (!(error instanceof FourtupleError)) throw error;
    return { place: 'unreachable', why: error.message };
  } finally {
    found.handle.close();
  }
}

/** @throws FourtupleError FT_PRIVILEGE, FT_KERNEL where something cannot be read */
export function readStates(place: ChangePlace, changes: readonly RecordedChange[]): ChangeState[] {
  return changes.map((change) => {
    const now = readTarget(place, change);
    return { change, now, state: stateOf(change, now) };
  });
}

function stateOf({ setting, from, to }: RecordedChange, now: string | null): ChangeState['state'] {
  if (isSameValue(setting, now, to)) return 'made';
  return isSameValue(setting, now, from) ? 'back' : 'changed';
}
