import type { NamespaceHandle } from '../linux/network-namespace.ts';
import type { Remedy } from '../remedies/remedy.ts';
import type { Lane } from '../tcp/lane.ts';
import { modelSlots } from '../tcp/lane-model.ts';
import type { LanePattern } from '../tcp/lane-pattern.ts';
import { observeLane } from './effect-observation.ts';
import { isReuseExpected, predict, situationIn, subjectOf } from './effect-subject.ts';
import { askTakeOvers } from './effect-take-over.ts';
import type { Examination } from './examination.ts';
import { remedyGain, sustainedOpens } from './lane-capacity.ts';
import { narrowNamespace } from './report-narrow.ts';

/** A figure before a remedy, as it was to become, and as it is. Unknown is null. */
export interface Figure {
  readonly before: number | null;
  readonly predicted: number | null;
  /** null before the remedy is applied, and where it cannot be told. */
  readonly observed: number | null;
}

/** What a remedy does for one lane. */
export interface LaneEffect extends Lane {
  readonly used: number;
  readonly slots: Figure;
  /** Opens per second that the lane can sustain; null where ports do not bound them, or they are not known. */
  readonly opensPerSecond: Figure;
  /** By how much it multiplies what the lane can sustain or, where that is not known, its slots; null where unbounded. */
  readonly gain: number | null;
  /** Whether it is safe for this lane; null where that cannot be judged. */
  readonly safe: boolean | null;
  /** Why, with the figures: one sentence without a full stop. */
  readonly reason: string;
  /** Whether what was observed is what was predicted; null where it was not or could not be observed. */
  readonly asPredicted: boolean | null;
  /** How it was observed, or why it was not, or what is different: one sentence; null before the remedy is applied. */
  readonly observation: string | null;
}

/**
 * What a remedy would do for the fullest lanes of a namespace.
 *
 * @param examined without a pattern: lanes that share their slots are all needed
 * @param most at most so many lanes
 * @returns one hypothetical lane, without connections and with `*` for its addresses and port 0, where there is none
 */
export function expectEffects(
  remedy: Remedy,
  examined: Examination,
  { pattern, most }: { readonly pattern?: LanePattern | undefined; readonly most: number },
): LaneEffect[] {
  const { lanes } = narrowNamespace(examined.namespace, most, pattern);
  return (lanes.length === 0 ? [undefined] : lanes).map((lane) => {
    const situation = situationIn(examined, lane);
    const { source, destination, port, used, model } = situation.lane;
    const after = predict(remedy, situation);
    return {
      ...{ source, destination, port, device: lane?.device ?? null, used },
      slots: { before: modelSlots(model), predicted: modelSlots(after), observed: null },
      opensPerSecond: { before: sustainedOpens(model), predicted: sustainedOpens(after), observed: null },
      gain: remedyGain(model, after),
      ...remedy.safety(situation),
      ...{ asPredicted: null, observation: null },
    };
  });
}

/**
 * What an applied remedy has done for the lanes that it was expected to do something for: their slots by a new census; and
 * whether connect() takes over their TIME_WAIT slots by asking the kernel, which takes over one of each lane. How long a
 * connection lives is taken to be as before: chance is no effect.
 *
 * @param expected what {@link expectEffects} has made of `before`
 * @param after examined after the remedy was applied, without a pattern
 * @throws FourtupleError where the namespace cannot be entered
 */
export function observeEffects(
  remedy: Remedy,
  expected: readonly LaneEffect[],
  before: Examination,
  after: Examination,
  namespace: NamespaceHandle,
): LaneEffect[] {
  const subjects = expected.map((effect) => ({ effect, subject: subjectOf(remedy, effect, before, after) }));
  const asked = subjects.filter(({ subject }) => subject.was !== undefined && isReuseExpected(subject));
  const takeOvers = askTakeOvers(
    asked.map(({ effect }) => effect),
    after.machine,
    namespace,
  );
  return subjects.map(({ effect, subject }) => {
    const seen = observeLane(remedy, subject, takeOvers.get(effect), before, after);
    return {
      ...effect,
      slots: { ...effect.slots, observed: seen.slots },
      opensPerSecond: { ...effect.opensPerSecond, observed: seen.opensPerSecond },
      ...{ asPredicted: seen.asPredicted, observation: seen.text },
    };
  });
}
