import { EFFORTS, type Remedy, type Situation } from '../remedies/remedy.ts';
import { type LaneModel, modelSlots, modelSustainableOpensPerSecond } from '../tcp/lane-model.ts';
import type { RemedyReport } from './report.ts';

/** Gains are told apart by these only: tenfold ends the trouble as surely as a thousandfold, and then risk decides. */
const GAIN_STEPS = [1.1, 1.9, 10];

/** Judges remedies for a lane, the best first: see {@link compareRemedies}. Those without a way to do it are left out. */
export function rankRemedies(remedies: Iterable<Remedy>, situation: Situation): RemedyReport[] {
  return [...new Set(remedies)]
    .map((remedy) => reportRemedy(remedy, situation))
    .filter(({ possible, instructions }) => !possible || instructions.length > 0)
    .sort(compareRemedies);
}

/**
 * Orders remedies for one lane by what they gain, then by their risk, then by the effort they take. Those that are not
 * safe here come after those that are, and those that cannot be had here at the end.
 */
export function compareRemedies(a: RemedyReport, b: RemedyReport): number {
  const others = rankKeys(b);
  for (const [index, key] of rankKeys(a).entries()) {
    const other = others[index] as number;
    if (key !== other) return key - other;
  }
  return 0;
}

/** Compared one after the other; the smaller comes first. */
function rankKeys({ possible, safe, gain, effort }: RemedyReport): number[] {
  const multiplied = gain ?? Number.POSITIVE_INFINITY;
  return [
    possible ? 0 : 1,
    safe === false ? 1 : 0,
    -GAIN_STEPS.filter((step) => multiplied >= step).length,
    safe === null ? 1 : 0,
    EFFORTS.indexOf(effort),
    -multiplied,
  ];
}

function reportRemedy(remedy: Remedy, situation: Situation): RemedyReport {
  const { machine, lane } = situation;
  const after = remedy.predict(lane.model, machine);
  const missing = remedy.missing(machine);
  const instructions = remedy.byHand(situation);
  return {
    id: remedy.id,
    title: remedy.title,
    slots: modelSlots(after),
    opensPerSecond: finite(modelSustainableOpensPerSecond(after), 1),
    gain: finite(gainOf(lane.model, after), 3),
    ...remedy.safety(situation),
    effort: remedy.effort,
    possible: missing.every(({ kind }) => kind === 'privilege'),
    missing: missing.map(({ text }) => text),
    command: instructions.find(({ where }) => where === 'shell')?.text ?? null,
    instructions,
  };
}

/** By how much a lane's capacity is multiplied; by its slots where none of its connections ever ends. */
function gainOf(before: LaneModel, after: LaneModel): number {
  const sustained = modelSustainableOpensPerSecond(before);
  const then = modelSustainableOpensPerSecond(after);
  return sustained === 0 && then === 0 ? modelSlots(after) / Math.max(1, modelSlots(before)) : then / sustained;
}

function finite(value: number, digits: number): number | null {
  return Number.isFinite(value) ? Number(value.toFixed(digits)) : null;
}
