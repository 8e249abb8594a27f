import { previewChanges, recordNamespace } from '../changes/changeable.ts';
import { isSameNamespace } from '../changes/find-namespace.ts';
import type { JournalEntry } from '../changes/journal-entry.ts';
import { overriddenAtBoot } from '../changes/overridden-at-boot.ts';
import type { RecordedChange } from '../changes/recorded-change.ts';
import { SYSCTL_FILE } from '../changes/sysctl-file.ts';
import { expectEffects, type LaneEffect } from '../diagnosis/remedy-effect.ts';
import type { Change } from '../remedies/change.ts';
import type { Instruction } from '../remedies/instruction.ts';
import type { Machine } from '../remedies/machine.ts';
import { checkRange } from '../remedies/range-choice.ts';
import type { Remedy } from '../remedies/remedy.ts';
import { sysctlCommand } from '../remedies/sysctl-command.ts';
import { FourtupleError } from '../tcp/error.ts';
import { formatRange, type PortRange, parsePortRange } from '../tcp/port-range.ts';
import type { FixFlags } from './fix-flags.ts';
import { type FixPlace, type Looked, lookAt } from './fix-place.ts';
import type { FixNothing } from './fix-report.ts';
import { isNewLane } from './text/fix-effect-text.ts';

/** The effects on so many lanes are shown, and judged. */
const LANES_SHOWN = 5;

const NOT_KEPT = ', and by another: --persist keeps what fourtuple has applied';
const OTHER_LANES = 'Settings are those of the whole namespace: its other lanes get them too.';

/** A remedy that can be applied, and what it would do. */
export interface Prepared extends Looked {
  /** Not empty. */
  readonly changes: readonly RecordedChange[];
  readonly lanes: readonly LaneEffect[];
  /** What this process lacks, one sentence each. */
  readonly missing: readonly string[];
  readonly byHand: Instruction | null;
}

/**
 * Looks at a namespace, and finds out what a remedy would change and do there. Reads only.
 *
 * @param open the entries of the journal that can be taken back
 * @returns why there is nothing to change, where that is so
 * @throws FourtupleError FT_REMEDY where it cannot be applied here; FT_ARGUMENT where no lane is the one that was asked for;
 *   FT_PORT_RANGE where the range cannot be had or is not wider
 */
export async function prepare(
  place: FixPlace,
  remedy: Remedy,
  { lane: pattern, to: text, persist = false }: FixFlags,
  open: readonly JournalEntry[],
): Promise<Prepared | FixNothing> {
  const to = chosenRange(text);
  const looked = await lookAt(place, pattern);
  const { examination } = looked;
  const { machine } = examination;
  const lanes = expectEffects(remedy, examination, { pattern, most: LANES_SHOWN });
  if (pattern !== undefined && lanes.some(isNewLane)) throw noLane();
  if (to !== undefined) checkChosen(to, machine);
  const missing = remedy.missing(machine);
  const obstacle = missing.find(({ kind }) => kind === 'kernel');
  if (obstacle !== undefined) throw new FourtupleError('FT_REMEDY', `${remedy.id} cannot be applied: ${obstacle.text}`);
  const already = missing.find(({ kind }) => kind === 'setting')?.text ?? null;
  if (to !== undefined && already !== null && !isRange(machine.range, to)) throw notWider(already);
  const record = recordNamespace(place);
  const entry = open.find((one) => one.remedy === remedy.id && isSameNamespace(one.namespace, record)) ?? null;
  const wanted = wantedChanges(remedy, machine, persist ? entry : null);
  const changes = previewChanges(place, wanted, persist);
  if (changes.length === 0) {
    const why = already ?? wanted.map(({ setting, value }) => `${setting} is already ${value}`).join(', ');
    const unkept = persist && wanted.length === 0 ? NOT_KEPT : '';
    return { ...looked.head, action: 'nothing', remedy: remedy.id, why: why + unkept, entry };
  }
  return {
    ...looked,
    notes: [...looked.notes, ...(pattern === undefined ? [] : [OTHER_LANES]), ...bootNotes(changes, place)],
    changes,
    lanes,
    missing: missing.filter(({ kind }) => kind === 'privilege').map(({ text }) => text),
    byHand: changes.some(({ kind }) => kind === 'sysctl') ? sysctlCommand(wanted, machine) : null,
  };
}

/** The range that is asked for; undefined for the widest. @throws FourtupleError FT_PORT_RANGE, FT_ARGUMENT */
export function chosenRange(to: FixFlags['to']): PortRange | undefined {
  if (to === undefined) return undefined;
  const [text = '', ...more] = to;
  if (more.length === 0) return parsePortRange(text);
  throw new FourtupleError('FT_ARGUMENT', `--to is given ${to.length} times, and there is one range`);
}

/** What is in force by an entry already can still be kept over the next boot. */
function wantedChanges(remedy: Remedy, machine: Machine, entry: JournalEntry | null): readonly Change[] {
  const changes = remedy.changes?.(machine) ?? [];
  if (changes.length > 0 || entry === null) return changes;
  return entry.changes.flatMap(({ kind, setting, to }): Change[] =>
    kind === 'sysctl' && to !== null ? [{ kind, setting, value: to }] : [],
  );
}

/** @throws FourtupleError FT_PORT_RANGE */
function checkChosen(range: PortRange, machine: Machine): void {
  const refusal = checkRange(range, machine);
  if (refusal === null) return;
  const nearest = refusal.nearest === null ? null : formatRange(refusal.nearest);
  throw new FourtupleError('FT_PORT_RANGE', refusal.text, {
    hint: nearest === null ? undefined : `The nearest good range is ${nearest}: --to ${nearest}`,
  });
}

function notWider(text: string): FourtupleError {
  return new FourtupleError('FT_PORT_RANGE', text, {
    hint: 'Leave out --to for the widest range that can be had here.',
  });
}

function isRange(a: PortRange, b: PortRange): boolean {
  return a.low === b.low && a.high === b.high;
}

function noLane(): FourtupleError {
  return new FourtupleError('FT_ARGUMENT', 'no lane is the one that --lane names', {
    hint: '`fourtuple status` lists the lanes; leave out --lane for the fullest.',
  });
}

function bootNotes(changes: readonly RecordedChange[], { root }: FixPlace): string[] {
  return overriddenAtBoot(changes, root).map(
    ({ file, line, setting, value }) =>
      `At boot, line ${line} of ${file} sets ${setting} to ${value}, after ${SYSCTL_FILE}: take that line out.`,
  );
}
