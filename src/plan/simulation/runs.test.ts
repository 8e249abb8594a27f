import { describe, expect, it } from 'vitest';
import { simulateRuns } from './runs.ts';
import { simulate } from './simulate.ts';
import type { SimulatedTier } from './simulated-tier.ts';

const TIER: SimulatedTier = {
  lanes: 1,
  slotsPerLane: 50,
  opensPerSecond: 45,
  pattern: { kind: 'poisson' },
  holdSeconds: 0.5,
  hold: { kind: 'exponential' },
  afterCloseSeconds: 0.5,
  laneChoice: { kind: 'round-robin' },
  retries: 0,
};
const OPTIONS = { seconds: 100, warmUpSeconds: 10, seed: 7 };

describe('several runs', () => {
  it('begin with that of the seed, and are all different', () => {
    const { runs } = simulateRuns(TIER, { ...OPTIONS, runs: 8 });
    expect(runs[0]).toEqual(simulate(TIER, OPTIONS));
    expect(new Set(runs.map(({ meanUsed }) => meanUsed)).size).toBe(8);
    expect(simulateRuns(TIER, { ...OPTIONS, runs: 8 }).runs).toEqual(runs);
  });

  it('say how far they differ', () => {
    const { runs, refusalProbability, firstRefusalSeconds, meanUsed } = simulateRuns(TIER, { ...OPTIONS, runs: 4 });
    const [a, b, c, d] = runs.map((run) => run.meanUsed) as [number, number, number, number];
    const mean = (a + b + c + d) / 4;
    const variance = ((a - mean) ** 2 + (b - mean) ** 2 + (c - mean) ** 2 + (d - mean) ** 2) / 3;
    expect(meanUsed.mean).toBeCloseTo(mean, 12);
    expect(meanUsed.standardError).toBeCloseTo(Math.sqrt(variance) / 2, 12);
    expect([meanUsed.least, meanUsed.most]).toEqual([Math.min(a, b, c, d), Math.max(a, b, c, d)]);
    expect(refusalProbability.most).toBe(Math.max(...runs.map((run) => run.refusalProbability)));
    expect(firstRefusalSeconds?.least).toBe(Math.min(...runs.map((run) => run.firstRefusalSeconds as number)));
    expect(firstRefusalSeconds?.count).toBe(4);
  });

  it('leave unknown what they cannot tell', () => {
    const { firstRefusalSeconds, meanUsed } = simulateRuns({ ...TIER, opensPerSecond: 1 }, { ...OPTIONS, runs: 1 });
    expect(firstRefusalSeconds).toBeNull();
    expect(meanUsed.standardError).toBeNull();
  });

  it('tell the first refusal of those that had one', () => {
    const rare = { ...TIER, opensPerSecond: 33 };
    const { runs, firstRefusalSeconds } = simulateRuns(rare, { ...OPTIONS, runs: 20 });
    const refused = runs.filter((run) => run.firstRefusalSeconds !== null).length;
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(20);
    expect(firstRefusalSeconds?.count).toBe(refused);
  });

  it('tell how much of all of them is done', () => {
    const shares: number[] = [];
    simulateRuns(TIER, { ...OPTIONS, runs: 3, onProgress: (share) => shares.push(share) });
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
    expect(shares[99]).toBeCloseTo(1 / 3, 12);
  });
});
