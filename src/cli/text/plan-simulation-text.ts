import type { PlanReport } from '../../plan/answer.ts';
import { probabilityText } from '../../plan/page/figure-text.ts';
import type { PlanSimulation } from '../../plan/plan-simulation.ts';
import { formatCount, formatShare, plural } from '../../tcp/number-text.ts';
import { formatTime } from './plan-figures.ts';
import type { Screen } from './screen.ts';
import { style } from './style.ts';
import { wrap } from './wrap.ts';

/** What became of the tier that was simulated, and how far the runs differ. */
export function renderSimulation({ tiers, simulation }: PlanReport, screen: Screen): string[] {
  if (simulation === null) return [];
  const { tier, seconds, warmUpSeconds, seed, runs } = simulation;
  const answer = tiers.find(({ name }) => name === tier);
  const counted = `the first ${formatTime(warmUpSeconds)} not counted`;
  const title = `${tier} simulated for ${formatTime(seconds)}, ${plural(runs.length, 'run')} from seed ${seed}, ${counted}:`;
  return [
    style(screen, 'bold', wrap(title, screen.width)),
    ...[
      describeUsed(simulation, answer?.slots ?? null),
      describeRefusals(simulation, answer?.refusalProbability ?? null),
      describeCliff(simulation),
    ].map((text) => wrap(`  ${text}`, screen.width, '    ')),
  ];
}

function describeUsed({ meanUsed, runs }: PlanSimulation, slots: number | null): string {
  const most = Math.max(...runs.map(({ mostUsed }) => mostUsed));
  const spread = runs.length === 1 ? '' : ` (${formatCount(meanUsed.least)} to ${formatCount(meanUsed.most)})`;
  return `Used: ${formatCount(meanUsed.mean)} of ${formatCount(slots)} slots on average${spread}, ${formatCount(most)} at most.`;
}

function describeRefusals(simulation: PlanSimulation, predicted: number | null): string {
  const { runs, refusalProbability, firstRefusalSeconds } = simulation;
  const refusals = runs.reduce((sum, run) => sum + run.refusals, 0);
  const attempts = runs.reduce((sum, run) => sum + run.attempts, 0);
  const share = `${probabilityText(refusalProbability.mean)}, ${formatCount(refusals)} of ${plural(attempts, 'connection')}`;
  const first = firstRefusalSeconds === null ? '' : `; the first after ${formatTime(firstRefusalSeconds.least)}`;
  return `Refused: ${share} (arithmetic says ${probabilityText(predicted)})${first}.`;
}

function describeCliff({ runs }: PlanSimulation): string {
  const mean = runs.reduce((sum, { pastCliffShare }) => sum + pastCliffShare, 0) / runs.length;
  return `Opened past the cliff: ${formatShare(mean)}.`;
}
