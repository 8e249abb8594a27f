import { recordNamespace } from '../changes/changeable.ts';
import { isSameNamespace } from '../changes/find-namespace.ts';
import type { Journal } from '../changes/journal.ts';
import type { JournalEntry, NamespaceRecord } from '../changes/journal-entry.ts';
import { undoEntry } from '../changes/undo.ts';
import { FourtupleError } from '../tcp/error.ts';
import { describeError } from './error-text.ts';
import type { FixFlags } from './fix-flags.ts';
import { alone, openJournal } from './fix-journal.ts';
import { printFix } from './fix-output.ts';
import type { FixUndone, UndoneEntry } from './fix-report.ts';
import { renderUndone } from './text/fix-undone-text.ts';

/** What is to be taken back, the newest first; or the entry that was asked for and is closed already. */
interface Chosen {
  readonly entries: readonly JournalEntry[];
  readonly closed: JournalEntry | null;
}

interface Failure {
  readonly entry: JournalEntry;
  readonly error: FourtupleError;
}

/**
 * `fourtuple fix --undo`: goes on after an entry that cannot be taken back.
 *
 * @throws FourtupleError the last one's, when all is said
 */
export async function undo(wanted: NonNullable<FixFlags['undo']>, flags: FixFlags): Promise<void> {
  const journal = openJournal();
  const within = flags.netns === undefined ? null : await recordOf(flags.netns);
  const choose = (): Chosen => chooseEntries(journal.read(), wanted, within);
  const undone: UndoneEntry[] = [];
  const failures: Failure[] = [];
  // Where there is nothing to take back, no folder for the journal is made.
  let { entries, closed } = choose();
  if (entries.length > 0) {
    await alone(() => {
      ({ entries, closed } = choose());
      for (const entry of entries) {
        try {
          undone.push(undoOne(entry, journal, flags));
        } catch (error) {
          if (!(error instanceof FourtupleError)) throw error;
          failures.push({ entry, error });
        }
      }
    });
  }
  await printFix(
    { schema: 1, action: 'undone', undone, failed: failures.map(reportFailure), closed },
    flags.json,
    renderUndone,
  );
  const last = failures.pop();
  for (const { entry, error } of failures) process.stderr.write(`${describeError(named(entry, error))}\n`);
  if (last !== undefined) throw named(last.entry, last.error);
}

async function recordOf(netns: string): Promise<NamespaceRecord> {
  const { inPlace } = await import('./fix-place.ts');
  return inPlace(netns, recordNamespace);
}

function undoOne(entry: JournalEntry, journal: Journal, { force = false }: FixFlags): UndoneEntry {
  const open = journal.read().filter(({ closed }) => closed === null);
  const { how, restored, alreadyBack } = undoEntry(entry, open, journal, { force });
  const { id, remedy, namespace } = entry;
  return { id, remedy, namespace: { inode: namespace.inode, name: namespace.name }, how, restored, alreadyBack };
}

/** @throws FourtupleError FT_ARGUMENT where there is no entry with that number */
function chooseEntries(
  all: readonly JournalEntry[],
  wanted: NonNullable<FixFlags['undo']>,
  within: NamespaceRecord | null,
): Chosen {
  const open = all
    .filter(({ closed, namespace }) => closed === null && (within === null || isSameNamespace(namespace, within)))
    .reverse();
  if (wanted === 'all') return { entries: open, closed: null };
  if (wanted === 'last') return { entries: open.slice(0, 1), closed: null };
  const entry = all.find(({ id }) => id === wanted);
  if (entry === undefined) throw noEntry(wanted, open);
  return entry.closed === null ? { entries: [entry], closed: null } : { entries: [], closed: entry };
}

function noEntry(id: number, open: readonly JournalEntry[]): FourtupleError {
  const listed = open.map((entry) => `${entry.id} (${entry.remedy})`).join(', ');
  return new FourtupleError('FT_ARGUMENT', `there is no entry ${id} in the journal`, {
    hint: open.length === 0 ? 'Nothing is applied that could be taken back.' : `What can be taken back: ${listed}.`,
  });
}

function named({ id, remedy }: JournalEntry, { code, message, hint, cause }: FourtupleError): FourtupleError {
  return new FourtupleError(code, `entry ${id} (${remedy}) is not taken back: ${message}`, { hint, cause });
}

function reportFailure({ entry: { id, remedy }, error }: Failure): FixUndone['failed'][number] {
  return { id, remedy, code: error.code, message: error.message, hint: error.hint ?? null };
}
