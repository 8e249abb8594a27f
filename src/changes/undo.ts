import { bootId } from '../linux/namespace-cookie.ts';
import { detachSpread } from '../linux/spread-program.ts';
import { FourtupleError } from '../tcp/error.ts';
import { nameChange, quoteValue } from './change-text.ts';
import { type ChangeState, readStates } from './entry-state.ts';
import { describeNamespace, findNamespace, isSameNamespace } from './find-namespace.ts';
import type { Journal } from './journal.ts';
import type { JournalEntry } from './journal-entry.ts';
import { isSpread, type RecordedChange } from './recorded-change.ts';
import { spreadCookie } from './spread-target.ts';
import { removeUnfinished } from './sysctl-file.ts';
import type { ChangePlace, OpenTarget } from './target.ts';
import { setTarget, withTargets } from './targets.ts';

export interface UndoOptions {
  /** Restores also what somebody else has changed since. */
  readonly force: boolean;
  /** What stands for `/`, for files of /etc. */
  readonly root?: string;
}

/** What taking an entry back has done. */
export interface Undone {
  readonly entry: JournalEntry;
  /** How it was closed, see {@link Closing}. */
  readonly how: 'undone' | 'gone';
  /** What was restored, each from what it was to what it is now, in the order in which that was done. */
  readonly restored: readonly RecordedChange[];
  /** What was as before already: the crash came before the change, or another undid it. */
  readonly alreadyBack: readonly RecordedChange[];
}

/**
 * Takes an entry back: restores the recorded values in the reverse order, then closes the entry. May be repeated after a
 * crash. To be called under the lock.
 *
 * @param open every open entry: where a later one has changed the same setting, the error names it, for that one is to be
 *   taken back first
 * @throws FourtupleError FT_CHANGED with all values shown, where somebody else or a later entry has changed one since and
 *   `force` is not given: nothing is restored then; FT_NAMESPACE where its namespace is out of reach; FT_PRIVILEGE,
 *   FT_KERNEL, FT_JOURNAL, FT_UNSUPPORTED: the entry stays open then
 */
export function undoEntry(
  entry: JournalEntry,
  open: readonly JournalEntry[],
  journal: Pick<Journal, 'close'>,
  { force, root }: UndoOptions,
): Undone {
  const found = findNamespace(entry.namespace);
  if (found.place === 'unreachable') throw found.error;
  if (found.place === 'gone') {
    const note = `${describeNamespace(entry.namespace)} is gone: ${found.why}`;
    detachOfGone(entry);
    return { entry: close(entry, 'gone', note, journal), how: 'gone', restored: [], alreadyBack: [] };
  }
  try {
    const place = { handle: found.handle, root, force };
    const states = readStates(place, entry.changes);
    const conflicts = conflictsOf(entry, states, open);
    if (conflicts.length > 0 && !force) throw refusal(entry, conflicts);
    const restored = restore(place, entry.id, states);
    const alreadyBack = states.flatMap(({ change, state }) => (state === 'back' ? [change] : []));
    const note = conflicts.length === 0 ? null : `by force: ${describe(entry, conflicts)}`;
    return { entry: close(entry, 'undone', note, journal), how: 'undone', restored, alreadyBack };
  } finally {
    found.handle.close();
  }
}

/** What is attached to a cgroup does not go with a network namespace; it goes with a boot, which gives cookies anew. */
function detachOfGone({ changes, namespace }: JournalEntry): void {
  if (namespace.cookie !== null && namespace.bootId === bootId()) detachSpreads(changes, BigInt(namespace.cookie));
}

/** Takes away also what reads as gone already: some of the programs, or their pins when the cgroup has been removed. */
function detachSpreads(changes: readonly RecordedChange[], cookie: bigint): void {
  for (const { setting } of changes.filter(isSpread)) detachSpread(setting, cookie);
}

function close(
  entry: JournalEntry,
  how: Undone['how'],
  note: string | null,
  journal: Pick<Journal, 'close'>,
): JournalEntry {
  const closed = { at: new Date().toISOString(), how, note };
  journal.close(entry.id, closed);
  return { ...entry, closed };
}

/** The last one first: what was made to make room for another goes after that. */
function restore(place: ChangePlace, id: number, states: readonly ChangeState[]): RecordedChange[] {
  const left = states.toReversed().flatMap(({ change: { kind, setting, from }, now, state }) => {
    return state === 'back' ? [] : [{ kind, setting, from: now, to: from }];
  });
  const restored: RecordedChange[] = [];
  try {
    if (states.some(({ change }) => change.kind === 'sysctl.d')) removeUnfinished(place.root);
    const back = states.flatMap(({ change, state }) => (state === 'back' && isSpread(change) ? [change] : []));
    if (back.length > 0) detachSpreads(back, spreadCookie(place.handle));
    withTargets(place, left, (targets) => {
      for (const [index, change] of left.entries()) {
        setTarget(targets[index] as OpenTarget, change, change.to);
        restored.push(change);
      }
    });
  } catch (error) {
    throw error instanceof FourtupleError ? staysOpen(error, id, restored) : error;
  }
  return restored;
}

function staysOpen(error: FourtupleError, id: number, restored: readonly RecordedChange[]): FourtupleError {
  const done = restored.length === 0 ? '' : `, with ${restored.map(nameChange).join(' and ')} taken back`;
  const again = `\`fourtuple fix --undo ${id}\``;
  const hint = error.hint === undefined ? `Repeat ${again} when it can be.` : `${error.hint} Then repeat ${again}.`;
  return new FourtupleError(error.code, `${error.message}; entry ${id} stays open${done}`, { hint, cause: error });
}

interface Conflict extends ChangeState {
  /** The last entry that has changed it since; null where none of the journal has. */
  readonly laterId: number | null;
}

/**
 * What is neither as the entry left it nor as it was before; and what a later entry has changed too, whatever it is now: out
 * of order, the two would not lead back to what was there before both.
 */
function conflictsOf(entry: JournalEntry, states: readonly ChangeState[], open: readonly JournalEntry[]): Conflict[] {
  const later = open.filter(({ id, namespace }) => id > entry.id && isSameNamespace(namespace, entry.namespace));
  return states
    .map((state) => ({ ...state, laterId: lastToChange(state.change, later) }))
    .filter(({ state, laterId }) => state === 'changed' || laterId !== null);
}

function lastToChange({ kind, setting }: RecordedChange, entries: readonly JournalEntry[]): number | null {
  const ids = entries.flatMap(({ id, changes }) =>
    changes.some((change) => change.kind === kind && change.setting === setting) ? [id] : [],
  );
  return ids.length === 0 ? null : Math.max(...ids);
}

function refusal(entry: JournalEntry, conflicts: readonly Conflict[]): FourtupleError {
  const later = Math.max(...conflicts.map(({ laterId }) => laterId ?? 0));
  const hint =
    later > 0
      ? `Take entry ${later} back first, which has changed it since: \`fourtuple fix --undo ${later}\`.`
      : `To restore it all the same: \`fourtuple fix --undo ${entry.id} --force\`.`;
  return new FourtupleError('FT_CHANGED', describe(entry, conflicts), { hint });
}

function describe({ id }: JournalEntry, conflicts: readonly Conflict[]): string {
  const each = conflicts.map(({ change, now, state, laterId }) => {
    const what = state === 'changed' ? `has been changed since entry ${id}` : `is changed by entry ${laterId} too`;
    const values = `it is ${quoteValue(now)} now, was set to ${quoteValue(change.to)}, and was ${quoteValue(change.from)} before`;
    return `${nameChange(change)} ${what}: ${values}`;
  });
  return each.join('; ');
}
