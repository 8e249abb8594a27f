import { describe, expect, it } from 'vitest';
import { gatewayLike, type TierChanges, tierLike } from '../../test/kit/tiers.ts';
import { erlangB, erlangsFor } from '../tcp/erlang.ts';
import { limitedSearchLoss } from '../tcp/limited-search.ts';
import { type LoadedTier, overflowOf } from './kept-connections.ts';
import { narrowestPool, type Pool, tierPools } from './pools.ts';
import { Refusals } from './refusals.ts';
import { simulate } from './simulation/simulate.ts';
import type { SimulatedTier } from './simulation/simulated-tier.ts';
import type { Traffic } from './topology.ts';

/** A hundred slots: where one connection in a hundred is refused it does not take many to count them. */
const SETTINGS = { range: { low: 40_000, high: 40_099 } };
const SLOTS = 100;
const REFUSED = 0.01;

/** Slots that are held for a second: all of it in TIME_WAIT, none of it, or half. */
const HELD = {
  'in TIME_WAIT': { timeWaitSeconds: 1, holdSeconds: 0 },
  'for exponential times': { timeWaitSeconds: 0, holdSeconds: 1 },
  'for both': { timeWaitSeconds: 0.5, holdSeconds: 0.5 },
} as const;

function tierOf(held: keyof typeof HELD, lanes: number, traffic: Partial<Traffic>, more: TierChanges = {}): LoadedTier {
  const { timeWaitSeconds, holdSeconds } = HELD[held];
  const settings = { ...SETTINGS, timeWaitSeconds, ...more.settings };
  return tierLike({ ...more, to: { hosts: lanes }, settings, traffic: { holdSeconds, ...traffic } }) as LoadedTier;
}

function refusalsOf(tier: LoadedTier): Refusals {
  return new Refusals(tier, narrowestPool(tierPools(tier)));
}

/** The share that a simulation refuses, by the one that the arithmetic does: at the rate that it calls safe for a hundredth. */
function simulatedByPredicted(tier: LoadedTier, connections: number): number {
  return refusedInSimulation(tier, refusalsOf(tier).safeOpensPerSecond(REFUSED), connections) / REFUSED;
}

function refusedInSimulation(tier: LoadedTier, opensPerSecond: number, connections: number, seed = 1): number {
  const { model } = narrowestPool(tierPools(tier));
  const { pattern, holdSeconds, hold, roundTripSeconds, laneChoice, retries } = tier.traffic;
  const simulated: SimulatedTier = {
    ...{ lanes: model.lanes, slotsPerLane: model.slotsPerLane, afterCloseSeconds: model.afterCloseSeconds },
    ...{ opensPerSecond, pattern, holdSeconds, hold, roundTripSeconds, laneChoice, retries },
  };
  const seconds = connections / opensPerSecond + 10;
  return simulate(simulated, { seconds, warmUpSeconds: 10, seed }).refusalProbability;
}

/** The arithmetic differs from the simulation by so much of it at most. */
function expectWithin(part: number, simulatedByPredicted: number): void {
  expect(Math.abs(1 / simulatedByPredicted - 1)).toBeLessThan(part);
}

const HOLDS = ['in TIME_WAIT', 'for exponential times', 'for both'] as const;
const PATTERNS = [{ kind: 'constant' }, { kind: 'poisson' }, { kind: 'bursts', size: 10 }] as const;
const CHOICES = [
  { kind: 'random' },
  { kind: 'round-robin' },
  { kind: 'least-used' },
  { kind: 'hash', keys: 1e9 },
] as const;

const cases = HOLDS.flatMap((held) =>
  PATTERNS.flatMap((pattern) => CHOICES.map((laneChoice) => ({ held, pattern, laneChoice }))),
);
const isExact = ({ pattern, laneChoice }: (typeof cases)[number]): boolean =>
  pattern.kind === 'poisson' && laneChoice.kind !== 'round-robin';
/** By hash is as at random; and one connection more than there are slots is a hundredth of them, where all is even. */
const isTold = ({ held, pattern, laneChoice: { kind } }: (typeof cases)[number]): boolean =>
  kind !== 'hash' && !(held === 'in TIME_WAIT' && pattern.kind === 'constant' && kind === 'round-robin');

describe('the share that is refused', () => {
  it.each(cases.filter(isExact))('is exact: $held, $pattern, $laneChoice', ({ held, ...traffic }) => {
    const tier = tierOf(held, 5, traffic);
    const safe = refusalsOf(tier).safeOpensPerSecond(REFUSED);
    const shares = Array.from({ length: 10 }, (_, seed) => refusedInSimulation(tier, safe, 50_000, seed));
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    const squares = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0);
    const standardError = Math.sqrt(squares / (shares.length - 1) / shares.length);
    expect(standardError).toBeLessThan(REFUSED / 10);
    expect(Math.abs(mean - REFUSED)).toBeLessThan(3 * standardError);
  });

  it.each(cases.filter((one) => !isExact(one) && isTold(one)))(
    'is within a third of a simulation: $held, $pattern, $laneChoice',
    ({ held, ...traffic }) => expectWithin(1 / 3, simulatedByPredicted(tierOf(held, 5, traffic), 300_000)),
  );

  it('is what is more than the slots where arrivals are even and slots are held equally long', () => {
    const settings = { range: { low: 40_000, high: 49_999 } };
    const traffic = { pattern: { kind: 'constant' }, laneChoice: { kind: 'round-robin' } } as const;
    const tier = tierOf('in TIME_WAIT', 2, traffic, { settings });
    const refusals = refusalsOf(tier);
    expect(refusals.share(20_000)).toBe(0);
    expect(refusals.share(20_500)).toBeCloseTo(500 / 20_500, 12);
    expect(refusedInSimulation(tier, 20_000, 200_000)).toBe(0);
    expect(refusedInSimulation(tier, 20_500, 20 * 20_500)).toBeCloseTo(500 / 20_500, 6);
  });

  it('is the loss formula to the last digit, also over many lanes, where all is random', () => {
    for (const lanes of [1, 7, 1e7]) {
      const refusals = refusalsOf(tierOf('for both', lanes, {}));
      for (const erlangs of [60, 90, 300]) expect(refusals.share(lanes * erlangs)).toBe(erlangB(SLOTS, erlangs));
      expect(refusals.safeOpensPerSecond(REFUSED)).toBe(lanes * erlangsFor(SLOTS, REFUSED));
    }
  });

  it('grows with the time that a connection is opened and closed in', () => {
    const tier = tierOf('for both', 1, { roundTripSeconds: 0.1 });
    const refusals = refusalsOf(tier);
    expect(refusals.share(75)).toBe(erlangB(SLOTS, 75 * 1.2));
    expect(refusals.shareAtOpens(75)).toBe(refusals.share(75));
  });
});

const retried = HOLDS.slice(0, 2).flatMap((held) =>
  PATTERNS.flatMap((pattern) =>
    CHOICES.slice(0, 2).flatMap((laneChoice) =>
      [10].flatMap((lanes) => [1, 3].map((retries) => ({ held, pattern, laneChoice, lanes, retries }))),
    ),
  ),
);

describe('the share that is refused after retries', () => {
  const isEven = ({ held, pattern }: (typeof retried)[number]): boolean =>
    held === 'in TIME_WAIT' && pattern.kind === 'constant';

  it.each(retried.filter((one) => !isEven(one)))(
    'is within a half of a simulation: $held, $pattern, $laneChoice, $lanes lanes, $retries retries',
    ({ held, lanes, ...traffic }) => expectWithin(1 / 2, simulatedByPredicted(tierOf(held, lanes, traffic), 400_000)),
  );

  it.each(retried.filter((one) => isEven(one) && one.laneChoice.kind === 'random'))(
    'is less in a simulation where lanes are full in turn: $held, $pattern, $laneChoice, $lanes lanes, $retries retries',
    ({ held, lanes, ...traffic }) => {
      expect(simulatedByPredicted(tierOf(held, lanes, traffic), 400_000)).toBeLessThan(1);
    },
  );
});

describe('the share that is refused of what finds all kept connections busy', () => {
  const kept = { keptPerLane: 32, requestsPerConnection: Number.POSITIVE_INFINITY };
  /** Requests of 10 ms; of those that overflow a slot is held for a second. */
  const tierWith = (traffic: Partial<Traffic>): LoadedTier =>
    tierOf(
      'in TIME_WAIT',
      1,
      { ...kept, holdSeconds: 0.01, ...traffic },
      { settings: { range: { low: 40_000, high: 40_199 } } },
    );

  it('is that of clusters: many times that of connections at random', () => {
    const tier = tierWith({});
    const refusals = refusalsOf(tier);
    const requestsPerSecond = 2_600;
    const { opensPerSecond } = overflowOf(tier, requestsPerSecond);
    const predicted = refusals.share(requestsPerSecond);
    expect(predicted).toBeGreaterThan(100 * erlangB(200 - 32, opensPerSecond * 1.01));
    const run = simulate(
      {
        ...{ lanes: 1, slotsPerLane: 200, opensPerSecond: requestsPerSecond, afterCloseSeconds: 1, holdSeconds: 0.01 },
        ...{ pattern: { kind: 'poisson' }, hold: { kind: 'exponential' }, laneChoice: { kind: 'random' }, retries: 0 },
        kept: { connections: 32, requestsPerConnection: Number.POSITIVE_INFINITY },
      },
      { seconds: 500, warmUpSeconds: 10, seed: 1 },
    );
    expectWithin(1 / 3, run.refusalProbability / predicted);
  });

  it('is what was asked at the rate that is called safe', () => {
    for (const pattern of [...PATTERNS, { kind: 'bursts', size: 50 } as const]) {
      const tier = tierWith({ pattern });
      const refusals = refusalsOf(tier);
      const safe = refusals.safeOpensPerSecond(REFUSED);
      expect(refusals.shareAtOpens(safe) / REFUSED).toBeCloseTo(1, 4);
      expect(safe).toBeLessThan((200 - 32) / (1 - REFUSED) / 1.01);
    }
  });

  it('is that of connections at random where kept ones are only closed and opened anew', () => {
    const tier = tierWith({ holdSeconds: 0, requestsPerConnection: 20 });
    expect(refusalsOf(tier).share(20 * 150)).toBe(erlangB(200 - 32, 150));
    expect(refusalsOf(tier).safeOpensPerSecond(REFUSED)).toBe(erlangsFor(200 - 32, REFUSED));
    // None is ever opened.
    const endless = tierWith({ holdSeconds: 0 });
    expect(refusalsOf(endless).share(1e9)).toBe(0);
  });
});

describe('the share that a gateway refuses which does not try all of its slots', () => {
  const tierWith = (traffic: Partial<Traffic>): LoadedTier =>
    tierOf('for both', 1, traffic, { via: gatewayLike({ slotsPerLane: 400, timeWaitSeconds: 1, tries: 20 }) });
  const shareOf = (traffic: Partial<Traffic>): number => {
    const tier = tierWith(traffic);
    return new Refusals(tier, tierPools(tier)[0] as Pool).share(240);
  };

  it('is what it was where connections come at random or evenly, and more in bursts', () => {
    expect(shareOf({})).toBe(limitedSearchLoss(400, 20)(240 * 1.5));
    expect(shareOf({ pattern: { kind: 'constant' } })).toBe(shareOf({}));
    expect(shareOf({ laneChoice: { kind: 'least-used' } })).toBe(shareOf({}));
    expect(shareOf({ pattern: { kind: 'bursts', size: 10 } })).toBeGreaterThan(1.2 * shareOf({}));
  });
});
