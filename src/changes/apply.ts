import { FourtupleError } from '../tcp/error.ts';
import { nameChange, quoteValue } from './change-text.ts';
import { type Changeable, recordNamespace } from './changeable.ts';
import type { Journal } from './journal.ts';
import type { JournalEntry } from './journal-entry.ts';
import type { RecordedChange } from './recorded-change.ts';
import { isSameValue } from './same-value.ts';
import type { OpenTarget } from './target.ts';
import { setTarget, withTargets } from './targets.ts';

/** Where entries are written. */
type Writer = Pick<Journal, 'add' | 'close'>;

/**
 * Makes changes: opens what is to be written, writes the entry to the journal, then makes the changes in their order, and
 * reads each back. Where the kernel refuses one, those before it are taken back and the entry is closed. To be called under
 * the lock.
 *
 * @param changes as `previewChanges` gave them under the same lock; not empty
 * @throws FourtupleError FT_PRIVILEGE, FT_KERNEL (naming the setting, the value and the errno of the write), FT_JOURNAL,
 *   FT_UNSUPPORTED; nothing is changed then, or what could not be taken back is named and left to `fix --undo`
 */
export function applyChanges(
  place: Changeable,
  remedy: string,
  changes: readonly RecordedChange[],
  journal: Writer,
): JournalEntry {
  return withTargets(place, changes, (open) => {
    const namespace = recordNamespace(place);
    const entry = journal.add({ at: new Date().toISOString(), remedy, namespace, changes });
    const made: MadeChange[] = [];
    try {
      for (const [index, change] of changes.entries()) {
        const target = open[index] as OpenTarget;
        made.push({ change, target });
        setTarget(target, change, change.to);
      }
    } catch (error) {
      throw takeBack(made, entry, journal, error);
    }
    return entry;
  });
}

interface MadeChange {
  readonly change: RecordedChange;
  readonly target: OpenTarget;
}

/** @param made the last one is that which failed, and may have changed something all the same */
function takeBack(made: readonly MadeChange[], { id }: JournalEntry, journal: Writer, error: unknown): unknown {
  const failure = asFailure(error);
  const takenBack: string[] = [];
  try {
    for (const { change, target } of made.toReversed()) {
      if (isBack(change, target)) continue;
      setTarget(target, change, change.from);
      takenBack.push(nameChange(change));
    }
    journal.close(id, { at: new Date().toISOString(), how: 'failed', note: failure.message });
  } catch (second) {
    return leftOpen(made, id, failure, asFailure(second));
  }
  if (takenBack.length === 0) return error;
  const message = `${failure.message}; ${takenBack.join(' and ')} ${takenBack.length === 1 ? 'is' : 'are'} as before again`;
  return new FourtupleError(failure.code, message, { hint: failure.hint, cause: error });
}

function leftOpen(
  made: readonly MadeChange[],
  id: number,
  failure: FourtupleError,
  second: FourtupleError,
): FourtupleError {
  const left = made
    .filter(({ change, target }) => !isBack(change, target))
    .map(
      ({ change, target }) => `${nameChange(change)} is ${quoteValue(target.read())}, was ${quoteValue(change.from)}`,
    );
  const what =
    left.length === 0
      ? `all is as it was, but entry ${id} of the journal could not be closed (${second.message})`
      : `it could not be taken back (${second.message}): ${left.join(', ')}`;
  return new FourtupleError(failure.code, `${failure.message}; ${what}`, {
    hint: `\`fourtuple fix --undo ${id}\` takes back what is left.`,
    cause: failure,
  });
}

function isBack({ setting, from }: RecordedChange, target: OpenTarget): boolean {
  return isSameValue(setting, target.read(), from);
}

function asFailure(error: unknown): FourtupleError {
  return error instanceof FourtupleError
    ? error
    : new FourtupleError('FT_KERNEL', error instanceof Error ? error.message : String(error), { cause: error });
}
