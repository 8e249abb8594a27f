import type { Change } from '../remedies/change.ts';
import type { Machine } from '../remedies/machine.ts';
import type { Remedy } from '../remedies/remedy.ts';
import { type LaneModel, modelSlots, modelSustainableOpensPerSecond as sustained } from '../tcp/lane-model.ts';
import { formatCount, plural } from '../tcp/number-text.ts';
import { formatRange } from '../tcp/port-range.ts';
import { type ReuseSeen, seeReuse } from './effect-reuse.ts';
import { isReuseExpected, type Subject, situationIn } from './effect-subject.ts';
import type { TakeOver } from './effect-take-over.ts';
import type { Examination } from './examination.ts';
import { sustainedOpens } from './lane-capacity.ts';
import { afterCloseSeconds } from './lane-facts.ts';
import type { NamespaceReport } from './report.ts';

/** What has become of a lane. */
export interface Observation {
  /** null where they are not known. */
  readonly slots: number | null;
  /** null where ports do not bound them, or where it is not known. */
  readonly opensPerSecond: number | null;
  readonly asPredicted: boolean | null;
  /** One sentence without a full stop. */
  readonly text: string;
}

/** By which share a figure may differ from its prediction. */
const SLOTS_TOLERANCE = 0.01;
const OPENS_TOLERANCE = 0.05;
/** Of few slots a single one that somebody listens on since is a larger share. */
const SLOTS_AT_LEAST = 1;

const NOT_SEEN: ReuseSeen = { applies: null, text: '' };

/**
 * Compares a lane after a remedy with what was predicted for it.
 *
 * @param takeOver what connect() does with its TIME_WAIT slots; undefined where that is of no interest, or there is no lane
 */
export function observeLane(
  remedy: Remedy,
  subject: Subject,
  takeOver: TakeOver | undefined,
  before: Examination,
  after: Examination,
): Observation {
  const { was, now, predicted } = subject;
  // What other lanes leave to one that shares its slots is not known where it is not there.
  const areSlotsKnown = now !== undefined || was?.pool !== 'source';
  const absence = now === undefined ? describeAbsence(subject, after) : null;
  const seen = takeOver === undefined ? NOT_SEEN : seeReuse(takeOver, now, before.machine, after.machine);
  const reuse = isReuseExpected(subject) ? seen : null;
  const undone = remedy.changes?.(after.machine) ?? [];
  const observed = observedModel(subject, reuse, after);
  const areSlotsRight =
    !areSlotsKnown || agree(modelSlots(observed), modelSlots(predicted), SLOTS_TOLERANCE, SLOTS_AT_LEAST);
  const areOpensRight = agree(sustained(observed), sustained(predicted), OPENS_TOLERANCE);
  const isUnknown = !areSlotsKnown || reuse?.applies === null;
  const aboutSlots = !areSlotsRight || modelSlots(predicted) !== modelSlots(subject.model);
  const said = [
    absence ?? '',
    reuse?.text ?? '',
    aboutSlots ? describeSlots(after.namespace) : '',
    reuse === null && !aboutSlots ? describeDone(remedy, after.machine) : '',
  ];
  return {
    slots: areSlotsKnown ? modelSlots(observed) : null,
    opensPerSecond: isUnknown ? null : sustainedOpens(observed),
    asPredicted: undone.length > 0 || !areSlotsRight ? false : isUnknown ? null : areOpensRight,
    text: undone.length > 0 ? describeUndone(undone) : said.filter(Boolean).join('; '),
  };
}

/** The lane as it was, but for its slots and what connect() takes over. */
function observedModel({ model, now }: Subject, reuse: ReuseSeen | null, after: Examination): LaneModel {
  return {
    ...model,
    slotsPerLane: now === undefined ? after.namespace.ports.usable : situationIn(after, now).lane.model.slotsPerLane,
    afterCloseSeconds:
      reuse === null ? model.afterCloseSeconds : afterCloseSeconds({ reuse: reuse.applies }, after.machine),
  };
}

/** Whether a figure differs from its prediction by no more than a share of it, or than so much. */
function agree(observed: number, predicted: number, share: number, atLeast = 0): boolean {
  if (!Number.isFinite(predicted)) return observed === predicted;
  return Math.abs(observed - predicted) <= Math.max(share * predicted, atLeast);
}

/** Why what is observed is not of the lane itself, but of any lane. */
function describeAbsence({ was }: Subject, { namespace: { lanesOmitted } }: Examination): string {
  if (was === undefined) return 'there was no lane to observe';
  return lanesOmitted > 0 ? 'the lane is not among the fullest any more' : 'no connection of the lane is left';
}

/** That something has changed what a remedy had changed. */
function describeUndone(changes: readonly Change[]): string {
  const settings = changes.map(({ setting, value }) => `net.ipv4.${setting} would have to be ${value} now`);
  return `it does not hold any more: ${settings.join(' and ')}`;
}

/** `the range 1024-65535 has 64,512 ports, of them 12 reserved and 3 blocked by listeners`. */
function describeSlots({ ports }: NamespaceReport): string {
  const { reserved, blocked, blockers } = ports;
  const by = blockers.length > 0 && blockers.every(({ kind }) => kind === 'listener') ? ' by listeners' : '';
  const excluded = [
    ...(reserved === 0 ? [] : [`${formatCount(reserved)} reserved`]),
    ...(blocked === 0 ? [] : [`${formatCount(blocked)} blocked${by}`]),
  ];
  const range = `the range ${formatRange(ports)} has ${plural(ports.size, 'port')}`;
  return excluded.length === 0 ? range : `${range}, of them ${excluded.join(' and ')}`;
}

/** What a remedy has changed that changes no figure of a lane, in its own words. */
function describeDone(remedy: Remedy, machine: Machine): string {
  return remedy.missing(machine).find(({ kind }) => kind === 'setting')?.text ?? 'its settings hold';
}
