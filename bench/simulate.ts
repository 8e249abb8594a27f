// How many connections `plan --simulate` simulates a second, beside a plain event heap: `npm run bench:simulate`. One lane of
// 28,232 slots, with as much load as it has slots; both draw the same random numbers and must refuse the same connections.

import { type SimulatedTier, type SimulationOptions, simulate } from '../src/plan/simulation/simulate.ts';
import type { HoldDistribution } from '../src/plan/topology.ts';
import { isMet, type Mark } from './marks.ts';
import { progress, progressEnd } from './progress.ts';
import { type EventsOutcome, simulateEvents } from './simulate-events.ts';
import { median } from './statistics.ts';
import { renderMarks, renderTable } from './table.ts';

const ROUNDS = 5;
const SLOTS = 28_232;
const CONNECTIONS = 2_000_000;
const MILLION = 1_000_000;
const MEGABYTE = 1_000_000;

type Simulator = (tier: SimulatedTier, options: SimulationOptions) => EventsOutcome;

interface Case {
  readonly name: string;
  readonly hold: HoldDistribution;
  readonly holdSeconds: number;
  readonly afterCloseSeconds: number;
}

interface Result {
  readonly name: string;
  /** Milliseconds of a million connections. */
  readonly ours: number;
  readonly events: number;
  readonly oursMegabytes: number;
  readonly eventsMegabytes: number;
  readonly refusals: readonly [ours: number, events: number];
}

const CASES: readonly Case[] = [
  { name: 'constant', hold: { kind: 'constant' }, holdSeconds: 1, afterCloseSeconds: 60 },
  { name: 'exponential', hold: { kind: 'exponential' }, holdSeconds: 1, afterCloseSeconds: 60 },
  { name: 'log-normal', hold: { kind: 'log-normal', deviation: 1 }, holdSeconds: 1, afterCloseSeconds: 60 },
  { name: 'exponential, no TIME_WAIT', hold: { kind: 'exponential' }, holdSeconds: 61, afterCloseSeconds: 0 },
];

const results = CASES.map(measure);
progressEnd();
process.stdout.write(renderResults(results));
const marks = marksOf(results);
process.stdout.write(`\n${renderMarks(marks)}`);
process.exitCode = marks.every(isMet) ? 0 : 1;

function measure({ name, ...times }: Case): Result {
  const tier: SimulatedTier = {
    ...times,
    lanes: 1,
    slotsPerLane: SLOTS,
    opensPerSecond: SLOTS / (times.holdSeconds + times.afterCloseSeconds),
    pattern: { kind: 'poisson' },
    laneChoice: { kind: 'round-robin' },
    retries: 0,
  };
  const options: SimulationOptions = { seconds: CONNECTIONS / tier.opensPerSecond, warmUpSeconds: 120, seed: 1 };
  progress(`${name}: memory`);
  const oursMegabytes = peakMegabytes(simulate, tier, options);
  const eventsMegabytes = peakMegabytes(simulateEvents, tier, options);
  const [ours, events] = [[], []] as [number[], number[]];
  let refusals: Result['refusals'] = [0, 0];
  for (let round = 1; round <= ROUNDS; round += 1) {
    progress(`${name}: round ${round} of ${ROUNDS}`);
    const seeded = { ...options, seed: round };
    const [our, plain] = [timed(simulate, tier, seeded), timed(simulateEvents, tier, seeded)];
    ours.push(our.milliseconds);
    events.push(plain.milliseconds);
    refusals = [refusals[0] + our.outcome.refusals, refusals[1] + plain.outcome.refusals];
  }
  return { name, ours: median(ours), events: median(events), oursMegabytes, eventsMegabytes, refusals };
}

function timed(run: Simulator, tier: SimulatedTier, options: SimulationOptions) {
  const start = performance.now();
  const outcome = run(tier, options);
  return { outcome, milliseconds: ((performance.now() - start) * MILLION) / CONNECTIONS };
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
    ['time that connections live', 'ours', 'event heap', 'ratio', 'ours MB', 'event heap MB', 'refused', 'event heap'],
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
    ...[constant, ...others].flatMap(({ name, oursMegabytes, refusals: [ours, events] }): Mark[] => [
      { name: `${name}: memory`, measured: oursMegabytes, limit: 2, unit: ' MB' },
      { name: `${name}: refused by one of both only`, measured: Math.abs(ours - events), limit: 0, unit: '' },
    ]),
  ];
}
