// How many connections `plan --simulate` simulates a second, beside a plain event heap: `npm run bench:simulate`. 28,232
// slots, of one lane mostly, with as much load as that; both draw the same random numbers, must refuse the same connections
// and find the same figures (but for what comes back within a billionth of a second of an arrival).

import { simulate } from '../src/plan/simulation/simulate.ts';
import type { SimulatedTier, SimulationOptions } from '../src/plan/simulation/simulated-tier.ts';
import { isMet, type Mark } from './marks.ts';
import { progress, progressEnd } from './progress.ts';
import { type EventsOutcome, simulateEvents } from './simulate-events.ts';
import { median } from './statistics.ts';
import { renderMarks, renderTable } from './table.ts';

const ROUNDS = 3;
const SLOTS = 28_232;
const CONNECTIONS = 1_000_000;
const MILLION = 1_000_000;
const MEGABYTE = 1_000_000;

type Simulator = (tier: SimulatedTier, options: SimulationOptions) => EventsOutcome;

interface Case {
  readonly name: string;
  /** What is not as in every case. */
  readonly tier: Pick<SimulatedTier, 'hold' | 'holdSeconds' | 'afterCloseSeconds'> & Partial<SimulatedTier>;
}

interface Result {
  readonly name: string;
  /** Milliseconds of a million connections. */
  readonly ours: number;
  readonly events: number;
  readonly oursMegabytes: number;
  readonly eventsMegabytes: number;
  readonly refusals: readonly [ours: number, events: number];
  /** The most by which a figure differs that both give, of itself. */
  readonly difference: number;
}

const CONSTANT = { hold: { kind: 'constant' }, holdSeconds: 1, afterCloseSeconds: 60 } as const;
const EXPONENTIAL = { hold: { kind: 'exponential' }, holdSeconds: 1, afterCloseSeconds: 60 } as const;
const LOG_NORMAL = { hold: { kind: 'log-normal', deviation: 1 }, holdSeconds: 1, afterCloseSeconds: 60 } as const;
const LIFE = { roundTripSeconds: 0.02, firstPassPorts: SLOTS / 2 };
const FOUR_LANES = { lanes: 4, slotsPerLane: SLOTS / 4, laneChoice: { kind: 'random' }, retries: 1 } as const;

const CASES: readonly Case[] = [
  { name: 'constant', tier: CONSTANT },
  { name: 'constant, all states, connect()', tier: { ...CONSTANT, ...LIFE } },
  { name: 'exponential', tier: EXPONENTIAL },
  { name: 'exponential, 50 ms', tier: { ...EXPONENTIAL, holdSeconds: 0.05 } },
  { name: 'log-normal', tier: LOG_NORMAL },
  { name: 'exponential, no TIME_WAIT', tier: { ...EXPONENTIAL, holdSeconds: 61, afterCloseSeconds: 0 } },
  { name: 'exponential, all states, connect()', tier: { ...EXPONENTIAL, ...LIFE } },
  {
    name: '4 lanes at random, tried again, all of that',
    tier: { ...EXPONENTIAL, ...LIFE, ...FOUR_LANES, firstPassPorts: SLOTS / 8 },
  },
];

const results = CASES.map(measure);
progressEnd();
process.stdout.write(renderResults(results));
const marks = marksOf(results);
process.stdout.write(`\n${renderMarks(marks)}`);
process.exitCode = marks.every(isMet) ? 0 : 1;

function measure({ name, tier: given }: Case): Result {
  const tier: SimulatedTier = {
    ...{ lanes: 1, slotsPerLane: SLOTS, pattern: { kind: 'poisson' }, laneChoice: { kind: 'round-robin' }, retries: 0 },
    ...given,
    opensPerSecond: SLOTS / (given.holdSeconds + given.afterCloseSeconds + 2 * (given.roundTripSeconds ?? 0)),
  };
  const options: SimulationOptions = { seconds: CONNECTIONS / tier.opensPerSecond, warmUpSeconds: 120, seed: 1 };
  progress(`${name}: memory`);
  const oursMegabytes = peakMegabytes(simulate, tier, options);
  const eventsMegabytes = peakMegabytes(simulateEvents, tier, options);
  const [ours, events] = [[], []] as [number[], number[]];
  let refusals: Result['refusals'] = [0, 0];
  let difference = 0;
  for (let round = 1; round <= ROUNDS; round += 1) {
    progress(`${name}: round ${round} of ${ROUNDS}`);
    const seeded = { ...options, seed: round };
    const [our, plain] = [timed(simulate, tier, seeded), timed(simulateEvents, tier, seeded)];
    ours.push(our.milliseconds);
    events.push(plain.milliseconds);
    refusals = [refusals[0] + our.outcome.refusals, refusals[1] + plain.outcome.refusals];
    difference = Math.max(difference, differenceOf(our.outcome, plain.outcome));
  }
  return { name, ours: median(ours), events: median(events), oursMegabytes, eventsMegabytes, refusals, difference };
}

function differenceOf(one: EventsOutcome, other: EventsOutcome): number {
  const pairs = [one, other].map(figuresOf) as [number[], number[]];
  return Math.max(...pairs[0].map((figure, index) => relativeDifference(figure, pairs[1][index] ?? Number.NaN)));
}

function figuresOf({ meanUsed, meanUsedByState, pastCliffShare, portsLookedAt }: EventsOutcome): number[] {
  return [meanUsed, ...Object.values(meanUsedByState), pastCliffShare, portsLookedAt?.mean ?? 0];
}

function relativeDifference(one: number, other: number): number {
  return one === other ? 0 : Math.abs(one / other - 1);
}

/** By the time of the processor, so that what else runs on the machine counts little. */
function timed(run: Simulator, tier: SimulatedTier, options: SimulationOptions) {
  const start = process.cpuUsage();
  const outcome = run(tier, options);
  const { user, system } = process.cpuUsage(start);
  return { outcome, milliseconds: ((user + system) / 1_000) * (MILLION / CONNECTIONS) };
}

/** The most that a run needs, beyond what was there before: what it needs no longer does not count. */
function peakMegabytes(run: Simulator, tier: SimulatedTier, options: SimulationOptions): number {
  const before = bytesInUse();
  let most = before;
  run(tier, {
    ...options,
    onProgress: () => {
      most = Math.max(most, bytesInUse());
    },
  });
  return (most - before) / MEGABYTE;
}

function bytesInUse(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function renderResults(all: readonly Result[]): string {
  const perSecond = (milliseconds: number): string => `${(1_000 / milliseconds).toFixed(1)}M/s`;
  return renderTable([
    ['case', 'ours', 'event heap', 'ratio', 'ours MB', 'event heap MB', 'refused', 'event heap'],
    ...all.map(({ name, ours, events, oursMegabytes, eventsMegabytes, refusals }) => [
      ...[name, perSecond(ours), perSecond(events), (events / ours).toFixed(1)],
      ...[oursMegabytes.toFixed(1), eventsMegabytes.toFixed(1), ...refusals.map(String)],
    ]),
  ]);
}

function marksOf([constant, ...others]: readonly Result[]): Mark[] {
  if (constant === undefined) return [];
  return [
    { name: 'constant: time of a million connections', measured: constant.ours, limit: 200, unit: ' ms' },
    ...[constant, ...others].flatMap(({ name, oursMegabytes, refusals: [ours, events], difference }): Mark[] => [
      { name: `${name}: memory`, measured: oursMegabytes, limit: 2, unit: ' MB' },
      { name: `${name}: refused by one of both only`, measured: Math.abs(ours - events), limit: 0, unit: '' },
      { name: `${name}: figures differ, in millionths`, measured: difference * 1e6, limit: 10, unit: '' },
    ]),
  ];
}
