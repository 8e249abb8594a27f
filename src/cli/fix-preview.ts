import type { JournalEntry } from '../changes/journal-entry.ts';
import type { Remedy } from '../remedies/remedy.ts';
import { FourtupleError } from '../tcp/error.ts';
import type { FixFlags } from './fix-flags.ts';
import { openEntries, openJournal } from './fix-journal.ts';
import { commandLine, printFix } from './fix-output.ts';
import { inPlace } from './fix-place.ts';
import { prepare } from './fix-prepare.ts';
import { refusalOf } from './fix-safety.ts';
import { renderNothing, renderPreview } from './text/fix-remedy-text.ts';

/** `fourtuple fix REMEDY`: says what it would do, and touches nothing. */
export async function preview(flags: FixFlags, remedy: Remedy): Promise<void> {
  const prepared = await inPlace(flags.netns, (place) => prepare(place, remedy, flags, entriesIfKnown()));
  if ('action' in prepared) {
    await printFix(prepared, flags.json, renderNothing);
    return;
  }
  const { head, changes, lanes, missing, byHand, notes } = prepared;
  const refusal = flags.force === true ? null : refusalOf(remedy.id, lanes);
  const command = commandLine(process.argv.slice(2), ...(refusal === null ? [] : ['--force']), '--apply');
  const { id, title } = remedy;
  await printFix(
    { ...head, action: 'preview', remedy: id, title, changes, lanes, notes, refusal, missing, command, byHand },
    flags.json,
    renderPreview,
  );
}

/** None where the journal cannot be read: it is asked only whose doing it is that there is nothing to change. */
function entriesIfKnown(): JournalEntry[] {
  try {
    return openEntries(openJournal());
  } catch (error) {
    if (!(error instanceof FourtupleError)) throw error;
    return [];
  }
}
