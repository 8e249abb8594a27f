import type { PlanReport, TierAnswer } from '../../plan/answer.ts';
import { multipleText, probabilityText } from '../../plan/page/figure-text.ts';
import { dayText } from '../../plan/page/simulation-day.ts';
import { statesText } from '../../plan/page/simulation-states.ts';
import type { PlanSimulation, TierSimulation } from '../../plan/plan-simulation.ts';
import type { SimulationRun } from '../../plan/simulation/simulated-tier.ts';
import { formatCount, formatShare, plural } from '../../tcp/number-text.ts';
import { formatTime } from './plan-figures.ts';
import type { Screen } from './screen.ts';
import { style } from './style.ts';
import { wrap } from './wrap.ts';

const OTHERS_TOLD = 6;

/** What became of the tiers that were simulated: of the one that gives out first in full, of each other in a sentence. */
export function renderSimulation({ tiers, exhaustedFirst, simulation }: PlanReport, screen: Screen): string[] {
  const first = simulation?.tiers.find(({ tier }) => tier === exhaustedFirst) ?? simulation?.tiers[0];
  if (simulation === null || first === undefined) return [];
  const answerOf = (one: TierSimulation): TierAnswer | undefined => tiers.find(({ name }) => name === one.tier);
  const others = simulation.tiers.filter((one) => one !== first);
  const more = others.length - OTHERS_TOLD;
  const sentences = [
    ...describeTier(first, answerOf(first)),
    ...others.slice(0, OTHERS_TOLD).map((one) => summarize(one, answerOf(one))),
    ...(more > 0 ? [`and ${formatCount(more)} more (--json has all)`] : []),
    ...simulation.notSimulated.map(({ tier, reason }) => `${tier} is not simulated: ${reason}.`),
  ];
  return [
    style(screen, 'bold', wrap(titleOf(simulation, first), screen.width)),
    ...sentences.map((text) => wrap(`  ${text}`, screen.width, '    ')),
  ];
}

function titleOf(
  { seconds, seed }: PlanSimulation,
  { tier, runs, warmUpSeconds, dayBeginsSeconds }: TierSimulation,
): string {
  const day = dayBeginsSeconds === null ? '' : ` (${dayText(dayBeginsSeconds, seconds)})`;
  const counted = `the first ${formatTime(warmUpSeconds)} not counted`;
  return `${tier} simulated for ${formatTime(seconds)}${day}, ${plural(runs.length, 'run')} from seed ${seed}, ${counted}:`;
}

function describeTier(simulation: TierSimulation, answer: TierAnswer | undefined): string[] {
  const states = statesText(simulation.runs);
  return [
    describeUsed(simulation, answer?.slots ?? null),
    ...(states === null ? [] : [`Of these: ${states}.`]),
    ...describeKept(simulation),
    describeRefusals(simulation, answer?.refusalProbability ?? null),
    ...describeCliff(simulation),
  ];
}

function summarize({ tier, ...simulation }: TierSimulation, answer: TierAnswer | undefined): string {
  const { meanUsed, refusalProbability, pastCliffShare } = simulation;
  const used = `${formatCount(meanUsed.mean)} of ${formatCount(answer?.slots ?? null)} slots used on average`;
  const refused = refusalProbability.most === 0 ? 'none' : probabilityText(refusalProbability.mean);
  const cliff = pastCliffShare.mean === 0 ? '' : `, ${formatShare(pastCliffShare.mean)} opened past the cliff`;
  return `${tier}: ${used}, ${refused} refused${cliff}.`;
}

function describeUsed({ meanUsed, runs }: TierSimulation, slots: number | null): string {
  const most = Math.max(...runs.map(({ mostUsed }) => mostUsed));
  const spread = runs.length === 1 ? '' : ` (${formatCount(meanUsed.least)} to ${formatCount(meanUsed.most)})`;
  return `Used: ${formatCount(meanUsed.mean)} of ${formatCount(slots)} slots on average${spread}, ${formatCount(most)} at most.`;
}

/** Nothing where no connection is kept: each request opens one then. */
function describeKept({ runs }: TierSimulation): string[] {
  const [requests, attempts] = [sumOf(runs, (run) => run.requests), sumOf(runs, (run) => run.attempts)];
  if (requests === attempts) return [];
  const share = attempts === 0 ? 'none' : `${formatCount(attempts)} (${formatShare(attempts / requests)})`;
  return [`Of ${plural(requests, 'request')} ${share} had to open a connection; kept ones carried the others.`];
}

function describeRefusals(
  { runs, refusalProbability, firstRefusalSeconds }: TierSimulation,
  predicted: number | null,
): string {
  const [refusals, attempts] = [sumOf(runs, (run) => run.refusals), sumOf(runs, (run) => run.attempts)];
  const share = `${probabilityText(refusalProbability.mean)}, ${formatCount(refusals)} of ${plural(attempts, 'connection')}`;
  const first = firstRefusalSeconds === null ? '' : `; the first after ${formatTime(firstRefusalSeconds.least)}`;
  return `Refused: ${share} (arithmetic says ${probabilityText(predicted)})${first}.`;
}

/** Nothing where there is no cliff. */
function describeCliff({ runs, pastCliffShare, lookedAtPastCliff }: TierSimulation): string[] {
  if (runs.every(({ portsLookedAt }) => portsLookedAt === null)) return [];
  const opened = `Opened past the cliff: ${formatShare(pastCliffShare.mean)}`;
  if (lookedAtPastCliff === null) return [`${opened}.`];
  // In an empty lane that is one: the first that it looks at.
  return [
    `${opened}; there connect() looks at ${multipleText(lookedAtPastCliff.mean)} times as many ports as in an empty lane.`,
  ];
}

function sumOf(runs: readonly SimulationRun[], count: (run: SimulationRun) => number): number {
  return runs.reduce((sum, run) => sum + count(run), 0);
}
