import { describe, expect, it } from 'vitest';
import { dispersionOf, evennessOf, laneDispersion } from './peakedness.ts';
import type { HoldDistribution } from './topology.ts';

describe('how unevenly requests come', () => {
  it('is by their pattern', () => {
    expect(dispersionOf({ kind: 'constant' })).toBe(0);
    expect(dispersionOf({ kind: 'poisson' })).toBe(1);
    expect(dispersionOf({ kind: 'bursts', size: 50 })).toBe(50);
    expect(dispersionOf({ kind: 'day', shares: [0, 1] })).toBe(1);
  });

  it('is by the choice of lanes, of one of them', () => {
    expect(laneDispersion(50, { kind: 'random' }, 7)).toBe(8);
    expect(laneDispersion(50, { kind: 'hash', keys: 3 }, 7)).toBe(8);
    expect(laneDispersion(50, { kind: 'round-robin' }, 10)).toBe(5);
    expect(laneDispersion(50, { kind: 'least-used' }, 10)).toBe(50);
    // What is random stays so, to the last digit, over however many lanes.
    expect(laneDispersion(1, { kind: 'random' }, 1e7)).toBe(1);
    expect(laneDispersion(0, { kind: 'random' }, 4)).toBe(0.75);
  });
});

describe('how equally long slots are held', () => {
  const of = (hold: HoldDistribution, holdSeconds: number, fixedSeconds: number): number =>
    evennessOf({ hold, holdSeconds }, fixedSeconds);

  it('is by how long connections live, and by what all are held besides', () => {
    expect(of({ kind: 'constant' }, 2, 60)).toBe(1);
    expect(of({ kind: 'exponential' }, 2, 0)).toBe(0.5);
    expect(of({ kind: 'exponential' }, 2, 2)).toBe(0.75);
    expect(of({ kind: 'exponential' }, 0, 60)).toBe(1);
    expect(of({ kind: 'exponential' }, 0, 0)).toBe(1);
  });

  it('is less the more log-normal times differ', () => {
    expect(of({ kind: 'log-normal', deviation: 1e-9 }, 2, 0)).toBeCloseTo(1, 8);
    // The mean of the shorter of two, as their mean less half of the mean difference: Gini's index is erf(σ/2).
    expect(of({ kind: 'log-normal', deviation: 1 }, 2, 0)).toBeCloseTo(1 - 0.5204998778, 8);
    expect(of({ kind: 'log-normal', deviation: 2 }, 2, 0)).toBeCloseTo(1 - 0.8427007929, 8);
  });
});
