import { EFFORTS, type Remedy, type Situation } from '../remedies/remedy.ts';
import { modelSlots } from '../tcp/lane-model.ts';
import { fixCommandLine } from './fix-command-line.ts';
import { remedyGain, sustainedOpens } from './lane-capacity.ts';
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
  const { machine, lane, network } = situation;
  const after = remedy.predict(lane.model, machine, network);
  const missing = remedy.missing(machine);
  const possible = missing.every(({ kind }) => kind === 'privilege');
  const instructions = remedy.byHand(situation);
  return {
    id: remedy.id,
    title: remedy.title,
    slots: modelSlots(after),
    opensPerSecond: sustainedOpens(after),
    gain: remedyGain(lane.model, after),
    ...remedy.safety(situation),
    effort: remedy.effort,
    possible,
    missing: missing.map(({ text }) => text),
    fix: possible ? fixCommandLine(remedy, situation) : null,
    command: instructions.find(({ where }) => where === 'shell')?.text ?? null,
    instructions,
  };
}
