import { describe, expect, it } from 'vitest';
import { tierLike } from '../../test/kit/tiers.ts';
import { erlangB } from '../tcp/erlang.ts';
import { type LoadedTier, type Overflow, overflowOf } from './kept-connections.ts';
import { simulate } from './simulation/simulate.ts';
import type { Traffic } from './topology.ts';

const KEPT = { keptPerLane: 32, requestsPerConnection: Number.POSITIVE_INFINITY, holdSeconds: 0.01 };

function tierWith(traffic: Partial<Traffic>, lanes = 1): LoadedTier {
  return tierLike({ to: { hosts: lanes }, traffic: { ...KEPT, ...traffic } }) as LoadedTier;
}

/** @param erlangs requests that each lane carries at once, on average */
function overflow(traffic: Partial<Traffic>, erlangs: number, lanes = 1): Overflow {
  return overflowOf(tierWith(traffic, lanes), (erlangs * lanes) / 0.01);
}

function simulatedPerRequest(traffic: Partial<Traffic>, erlangs: number, lanes = 1): number {
  const { keptPerLane, requestsPerConnection, ...given } = tierWith(traffic, lanes).traffic;
  const run = simulate(
    {
      ...given,
      ...{ lanes, slotsPerLane: 28_232, opensPerSecond: (erlangs * lanes) / 0.01, afterCloseSeconds: 1 },
      kept: { connections: keptPerLane * lanes, requestsPerConnection },
    },
    { seconds: 1 + 3_000 / (erlangs * lanes), warmUpSeconds: 1, seed: 1 },
  );
  return run.attempts / run.requests;
}

describe('requests that find all kept connections busy', () => {
  it('are all of them where none is kept', () => {
    const none = overflowOf(tierWith({ keptPerLane: 0, requestsPerConnection: 20 }), 500);
    expect(none).toEqual({ share: 1, perRequest: 1 / 20, opensPerSecond: 25, dispersion: null });
  });

  it('are those of the loss formula where they come at random, whatever the times that they take', () => {
    expect(overflow({}, 25).share).toBe(erlangB(32, 25));
    expect(overflow({ hold: { kind: 'constant' } }, 25, 4).share).toBe(erlangB(32, 25));
    expect(overflow({}, 25).opensPerSecond).toBe(2_500 * erlangB(32, 25));
  });

  it('are none of those that take no time, nor of those that do not come', () => {
    expect(overflowOf(tierWith({ holdSeconds: 0 }), 1e6)).toMatchObject({ share: 0, opensPerSecond: 0 });
    expect(overflowOf(tierWith({}), 0)).toMatchObject({ share: 0, opensPerSecond: 0 });
  });

  it('are joined by those that come when a kept one has carried all of its own', () => {
    const share = erlangB(32, 25);
    const { perRequest } = overflow({ requestsPerConnection: 20 }, 25);
    expect(perRequest).toBeCloseTo(share + (1 - share) / 20, 12);
  });

  it('are fewer of a whole number of kept ones than of one less, and between for what is between', () => {
    const [less, between, more] = [31, 31.5, 32].map((keptPerLane) => overflow({ keptPerLane }, 25).share) as [
      number,
      number,
      number,
    ];
    expect(between).toBeLessThan(less);
    expect(between).toBeGreaterThan(more);
  });

  const exponential = { kind: 'exponential' } as const;
  const constant = { kind: 'constant' } as const;
  it.each<[string, number, number, number, Partial<Traffic>]>([
    ['at random', 0.1, 1, 25, {}],
    ['at random, of equal times', 0.1, 1, 25, { hold: constant }],
    ['at random, over several lanes', 0.1, 4, 25, {}],
    ['at random, with kept ones that are closed', 0.1, 1, 15, { requestsPerConnection: 20 }],
    ['in turn', 0.2, 4, 28, { laneChoice: { kind: 'round-robin' } }],
    ['to the least used lane', 0.2, 4, 30, { laneChoice: { kind: 'least-used' } }],
    ['evenly', 0.2, 1, 28, { pattern: { kind: 'constant' } }],
    ['in bursts of ten', 0.1, 1, 25, { pattern: { kind: 'bursts', size: 10 } }],
    ['in bursts of ten, of equal times', 0.1, 1, 25, { pattern: { kind: 'bursts', size: 10 }, hold: constant }],
    ['in bursts of ten, over several lanes', 0.2, 4, 25, { pattern: { kind: 'bursts', size: 10 } }],
    ['in bursts of fifty', 0.1, 1, 15, { pattern: { kind: 'bursts', size: 50 }, hold: exponential }],
    ['in bursts of fifty, of equal times', 0.1, 1, 15, { pattern: { kind: 'bursts', size: 50 }, hold: constant }],
  ])('are as many as in a simulation: %s, to %d', (_how, tolerance, lanes, erlangs, traffic) => {
    const ratio = overflow(traffic, erlangs, lanes).perRequest / simulatedPerRequest(traffic, erlangs, lanes);
    expect(Math.abs(ratio - 1)).toBeLessThan(tolerance);
  });
});

describe('what overflows', () => {
  it('comes in clusters, the more the more are kept, and as at random where nearly all overflows', () => {
    const clusters = (keptPerLane: number, erlangs: number): number =>
      overflow({ keptPerLane }, erlangs).dispersion ?? 0;
    expect(clusters(8, 6)).toBeGreaterThan(1.5);
    expect(clusters(32, 25)).toBeGreaterThan(clusters(8, 6));
    expect(clusters(8, 1e6)).toBeCloseTo(1, 4);
  });

  it('comes as unevenly as bursts do', () => {
    const { dispersion } = overflow({ pattern: { kind: 'bursts', size: 50 }, hold: { kind: 'constant' } }, 1e6);
    expect(dispersion).toBeCloseTo(50, 0);
  });

  it('is at random where it is only kept ones that are closed', () => {
    expect(overflow({ holdSeconds: 0, requestsPerConnection: 20 }, 25).dispersion).toBe(1);
  });
});
