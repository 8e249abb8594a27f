import { previewChanges } from '../changes/changeable.ts';
import { entryState } from '../changes/entry-state.ts';
import type { JournalEntry } from '../changes/journal-entry.ts';
import type { Examination } from '../diagnosis/examination.ts';
import { expectEffects } from '../diagnosis/remedy-effect.ts';
import type { Remedy } from '../remedies/remedy.ts';
import { FourtupleError } from '../tcp/error.ts';
import type { LanePattern } from '../tcp/lane-pattern.ts';
import type { FixFlags } from './fix-flags.ts';
import { openEntries, openJournal } from './fix-journal.ts';
import { commandLine, printFix } from './fix-output.ts';
import { type FixPlace, inPlace, lookAt } from './fix-place.ts';
import { FIXES } from './fix-remedies.ts';
import type { FixList, ListedRemedy, OpenEntry, UnavailableRemedy } from './fix-report.ts';
import { renderList } from './text/fix-list-text.ts';

/** `fourtuple fix`: what can be applied, and what is. Reads only. */
export async function list(flags: FixFlags): Promise<void> {
  const report = await inPlace(flags.netns, (place) => listPlace(place, flags.lane));
  const [command = '', ...more] = process.argv.slice(2);
  const show = (remedy: string): string => commandLine([command, remedy, ...more]);
  await printFix(report, flags.json, (told, screen) => renderList(told, screen, show));
}

async function listPlace(place: FixPlace, pattern: LanePattern | undefined): Promise<FixList> {
  const { head, examination, notes } = await lookAt(place, pattern);
  const remedies: ListedRemedy[] = [];
  const unavailable: UnavailableRemedy[] = [];
  for (const remedy of FIXES) {
    const listed = consider(remedy, place, examination, pattern);
    if ('why' in listed) unavailable.push(listed);
    else remedies.push(listed);
  }
  const { applied, note } = listApplied();
  return {
    ...head,
    action: 'list',
    remedies: remedies.sort(byGain),
    unavailable,
    applied,
    notes: [...notes, ...privilegeNotes(examination), ...(note === null ? [] : [note])],
  };
}

function consider(
  remedy: Remedy,
  place: FixPlace,
  examination: Examination,
  pattern: LanePattern | undefined,
): ListedRemedy | UnavailableRemedy {
  const { id, title, releases } = remedy;
  const { machine, namespace } = examination;
  const obstacle = remedy.missing(machine).find(({ kind }) => kind !== 'privilege');
  if (obstacle !== undefined) return { id, why: obstacle.text };
  const [effect] = expectEffects(remedy, examination, { pattern, most: 1 });
  if (effect === undefined) return { id, why: 'no lane tells what it would do' };
  const told = { ...{ id, title, effect }, changes: [], needs: needsOf(remedy) };
  if (releases === true) return { ...told, timeWait: namespace.lanes[0]?.states.TIME_WAIT ?? 0 };
  if (remedy.spreads !== undefined) return { ...told, timeWait: null };
  try {
    const changes = previewChanges(place, remedy.changes?.(machine) ?? [], false);
    return changes.length === 0 ? { id, why: 'it is so already' } : { ...told, changes, timeWait: null };
  } catch (error) {
    if (!(error instanceof FourtupleError)) throw error;
    return { id, why: error.message };
  }
}

/** What it does is for a person to name: which addresses, and whose connections. */
function needsOf({ spreads }: Remedy): string | null {
  if (spreads === undefined) return null;
  const what =
    spreads === 'sources' ? '--sources ADDRESSES --to DESTINATION' : '--from DESTINATION --over DESTINATIONS';
  return `${what}, and --unit, --pid, --container or --cgroup`;
}

/** What is not safe comes last; what ends the limit by ports gains most. */
function byGain(a: ListedRemedy, b: ListedRemedy): number {
  const unsafe = ({ effect }: ListedRemedy): number => (effect.safe === false ? 1 : 0);
  const gain = ({ effect }: ListedRemedy): number => effect.gain ?? Number.MAX_VALUE;
  return unsafe(a) - unsafe(b) || gain(b) - gain(a);
}

function privilegeNotes({ machine: { capabilities } }: Examination): string[] {
  if (capabilities === null || capabilities.has('CAP_NET_ADMIN')) return [];
  return [
    'Applying needs root (CAP_NET_ADMIN), which this process does not have: `fourtuple fix REMEDY` prints the commands for root.',
  ];
}

function listApplied(): { readonly applied: readonly OpenEntry[] | null; readonly note: string | null } {
  try {
    return { applied: openEntries(openJournal()).map(stateOf), note: null };
  } catch (error) {
    if (!(error instanceof FourtupleError)) throw error;
    return { applied: null, note: `What is applied now is not known: ${error.message}.` };
  }
}

function stateOf(entry: JournalEntry): OpenEntry {
  const state = entryState(entry);
  if (state.place === 'found') return { entry, changes: state.changes, why: null };
  return {
    entry,
    changes: null,
    why: state.place === 'gone' ? describeGone(entry) : state.why,
  };
}

/** What acts on a cgroup outlives the namespace that it was for. */
function describeGone({ changes }: JournalEntry): string {
  return changes.some(({ kind }) => kind === 'pinned-spread')
    ? 'its namespace has gone, and no connection is spread any more; --undo clears its programs away'
    : 'its namespace has gone, and the change with it';
}
