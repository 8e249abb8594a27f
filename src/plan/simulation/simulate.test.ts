import { describe, expect, it } from 'vitest';
import { erlangB } from '../../tcp/erlang.ts';
import type { HoldDistribution } from '../topology.ts';
import { simulateRuns } from './runs.ts';
import { simulate } from './simulate.ts';
import type { SimulatedTier, SimulationOptions } from './simulated-tier.ts';

/** 100 connections a second, each holding a slot for one second: as many slots as the load needs. */
const TIER: SimulatedTier = {
  lanes: 1,
  slotsPerLane: 100,
  opensPerSecond: 100,
  pattern: { kind: 'constant' },
  holdSeconds: 0.25,
  hold: { kind: 'constant' },
  afterCloseSeconds: 0.75,
  laneChoice: { kind: 'round-robin' },
  retries: 0,
};
const RANDOM: SimulatedTier = { ...TIER, pattern: { kind: 'poisson' }, hold: { kind: 'exponential' } };
const OPTIONS: SimulationOptions = { seconds: 210, warmUpSeconds: 10, seed: 1 };

describe('refusals of connections that come at random', () => {
  const holds: readonly HoldDistribution[] = [
    { kind: 'constant' },
    { kind: 'exponential' },
    { kind: 'log-normal', deviation: 1 },
  ];
  const lanes = [
    [20, 18],
    [100, 90],
  ] as const;
  const cases = holds.flatMap((hold) => lanes.map(([slots, erlangs]) => ({ kind: hold.kind, hold, slots, erlangs })));

  it.each(cases)('are those of the loss formula: $slots slots, $erlangs erlangs, $kind', ({ hold, slots, erlangs }) => {
    const tier = { ...RANDOM, hold, slotsPerLane: slots, opensPerSecond: erlangs };
    const { refusalProbability, meanUsed } = simulateRuns(tier, { ...OPTIONS, seconds: 2_000, runs: 30 });
    const expected = erlangB(slots, erlangs);
    const standardError = refusalProbability.standardError as number;
    expect(standardError).toBeLessThan(expected / 30);
    expect(Math.abs(refusalProbability.mean - expected)).toBeLessThan(3 * standardError);
    const carried = erlangs * (1 - expected);
    expect(Math.abs(meanUsed.mean - carried)).toBeLessThan(3 * (meanUsed.standardError as number));
  });
});

describe('used slots', () => {
  it('are as many on average as the rate times the time they are held (Little)', () => {
    const tier = { ...RANDOM, slotsPerLane: 28_232, opensPerSecond: 10_000, holdSeconds: 1, afterCloseSeconds: 1 };
    const { meanUsed, refusalProbability } = simulateRuns(tier, { ...OPTIONS, seconds: 30, runs: 10 });
    expect(refusalProbability.most).toBe(0);
    expect(Math.abs(meanUsed.mean - 20_000)).toBeLessThan(3 * (meanUsed.standardError as number));
    expect(meanUsed.mean / 20_000).toBeCloseTo(1, 2);
  });

  it('rise until the first come back, and stay', () => {
    const { usedOverTime, meanUsed, mostUsed } = simulate(TIER, { ...OPTIONS, seconds: 4, warmUpSeconds: 1 });
    expect(usedOverTime).toHaveLength(100);
    expect(usedOverTime.slice(0, 24)).toEqual(Array.from({ length: 24 }, (_, part) => 4 * (part + 1)));
    // At the end of a part one comes back, and the next connection is not open yet.
    for (const used of usedOverTime.slice(25)) expect([99, 100]).toContain(used);
    expect(meanUsed).toBeCloseTo(100, 6);
    expect(mostUsed).toBe(100);
  });

  it('are past the cliff from half of the slots on', () => {
    const filling = { ...TIER, slotsPerLane: 201, firstPassPorts: 101, holdSeconds: 1_000 };
    const { pastCliffShare, refusals } = simulate(filling, { ...OPTIONS, seconds: 10, warmUpSeconds: 0 });
    expect(refusals).toBe(1_000 - 201);
    expect(pastCliffShare).toBe(100 / 201);
    expect(simulate({ ...TIER, slotsPerLane: 202, firstPassPorts: 101 }, OPTIONS).pastCliffShare).toBe(0);
  });
});

describe('even arrivals that are held for a constant time', () => {
  // None of these divides without a remainder: rounding must not refuse.
  it.each([100, 333, 470.5, 7_777.7])('are never refused where the slots carry them: %d/s', (opensPerSecond) => {
    const seconds = 60.05;
    const slotsPerLane = Math.ceil(opensPerSecond * seconds);
    const tier = { ...TIER, opensPerSecond: slotsPerLane / seconds, slotsPerLane, holdSeconds: 0.05 };
    const run = simulate({ ...tier, afterCloseSeconds: 60 }, OPTIONS);
    expect(run.refusals).toBe(0);
    expect(run.firstRefusalSeconds).toBeNull();
    expect(run.mostUsed).toBe(slotsPerLane);
  });

  it('are refused as far as there are more, and no further', () => {
    const run = simulate({ ...TIER, opensPerSecond: 125 }, OPTIONS);
    expect(run.attempts).toBe(25_000);
    expect(run.refusals).toBe(5_000);
    expect(run.refusalProbability).toBe(0.2);
    expect(run.firstRefusalSeconds).toBe(100 / 125);
  });

  it('have as much of each of several lanes in turn as of one alone', () => {
    const alone = simulate({ ...TIER, opensPerSecond: 125 }, OPTIONS);
    const together = simulate({ ...TIER, lanes: 8, opensPerSecond: 8 * 125 }, OPTIONS);
    expect(together.attempts).toBe(8 * alone.attempts);
    expect(together.refusals).toBe(8 * alone.refusals);
    expect(together.meanUsed).toBeCloseTo(8 * alone.meanUsed, 6);
  });
});

describe('a simulation', () => {
  it('is the same for the same seed, and another for another', () => {
    const tier: SimulatedTier = { ...RANDOM, lanes: 4, laneChoice: { kind: 'random' }, opensPerSecond: 380 };
    expect(simulate(tier, OPTIONS)).toEqual(simulate(tier, OPTIONS));
    expect(simulate(tier, OPTIONS).meanUsed).not.toBe(simulate(tier, { ...OPTIONS, seed: 2 }).meanUsed);
  });

  it('refuses least where the least used lane is chosen, and most where any is', () => {
    const tier = { ...RANDOM, lanes: 10, slotsPerLane: 20, opensPerSecond: 180 };
    const [least = 0, inTurn = 0, random = 0] = (['least-used', 'round-robin', 'random'] as const).map(
      (kind) => simulate({ ...tier, laneChoice: { kind } }, { ...OPTIONS, seconds: 1_000 }).refusalProbability,
    );
    // All lanes together are one with all slots; those chosen at random are ten by themselves.
    expect(least / erlangB(200, 180)).toBeCloseTo(1, 0);
    expect(least).toBeLessThan(inTurn);
    expect(inTurn).toBeLessThan(random);
    expect(random / erlangB(20, 18)).toBeCloseTo(1, 1);
  });

  it('refuses less where a connection is tried again on another lane', () => {
    const tier: SimulatedTier = {
      ...RANDOM,
      lanes: 10,
      slotsPerLane: 20,
      opensPerSecond: 180,
      laneChoice: { kind: 'random' },
    };
    const [none = 0, one = 0, three = 0] = [0, 1, 3].map(
      (retries) => simulate({ ...tier, retries }, OPTIONS).refusalProbability,
    );
    expect(one).toBeLessThan(none / 2);
    expect(three).toBeLessThan(one);
  });

  it('counts a connection once, however often it is tried again', () => {
    const again = simulate({ ...TIER, opensPerSecond: 125, retries: 5 }, OPTIONS);
    expect(again).toEqual(simulate({ ...TIER, opensPerSecond: 125 }, OPTIONS));
  });

  it('refuses more where connections come in bursts, and opens as many', () => {
    const tier = { ...RANDOM, opensPerSecond: 80 };
    const options = { ...OPTIONS, seconds: 1_000 };
    const single = simulate(tier, options);
    const bursts = simulate({ ...tier, pattern: { kind: 'bursts', size: 20 } }, options);
    expect(bursts.refusalProbability).toBeGreaterThan(5 * single.refusalProbability);
    expect(bursts.attempts / single.attempts).toBeCloseTo(1, 1);
    expect(simulate({ ...tier, pattern: { kind: 'bursts', size: 1 } }, options)).toEqual(single);
  });

  it('counts after the warm-up only, but for the first refusal', () => {
    const filling = { ...TIER, slotsPerLane: 100, holdSeconds: 1_000 };
    const run = simulate(filling, { ...OPTIONS, seconds: 10, warmUpSeconds: 5 });
    expect(run).toMatchObject({ attempts: 500, refusals: 500, firstRefusalSeconds: 1, meanUsed: 100, mostUsed: 100 });
    expect(run.pastCliffShare).toBe(0);
  });

  it('tells how much of it is done', () => {
    const shares: number[] = [];
    simulate(TIER, { ...OPTIONS, onProgress: (share) => shares.push(share) });
    expect(shares).toEqual(Array.from({ length: 100 }, (_, part) => (part + 1) / 100));
  });

  it('knows nothing where nothing came', () => {
    const run = simulate({ ...TIER, opensPerSecond: 0.01 }, { ...OPTIONS, seconds: 50 });
    expect(run).toMatchObject({ attempts: 0, refusalProbability: 0, meanUsed: 0, mostUsed: 0, pastCliffShare: 0 });
  });
});
