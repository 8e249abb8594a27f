import { describe, expect, it } from 'vitest';
import { simulate } from './simulate.ts';
import type { SimulatedTier, SimulationRun, UsedByState } from './simulated-tier.ts';

/** One connection a second: 0.1 s in SYN_SENT, 0.3 s of life, 0.1 s for the close, 0.5 s of TIME_WAIT. */
const TIER: SimulatedTier = {
  lanes: 1,
  slotsPerLane: 4,
  firstPassPorts: 2,
  opensPerSecond: 1,
  pattern: { kind: 'constant' },
  holdSeconds: 0.3,
  hold: { kind: 'constant' },
  roundTripSeconds: 0.1,
  afterCloseSeconds: 0.5,
  laneChoice: { kind: 'random' },
  retries: 0,
};

function run(changes: Partial<SimulatedTier>, from: number, seconds: number): SimulationRun {
  return simulate({ ...TIER, ...changes }, { warmUpSeconds: from, seconds, seed: 1 });
}

describe('the life of connections', () => {
  it.each<[string, number, number, UsedByState]>([
    ['whole lives', 10, 30, { synSent: 0.1, established: 0.3, closing: 0.1, timeWait: 0.5 }],
    ['one of which part counts', 0.25, 0.65, { synSent: 0, established: 0.375, closing: 0.25, timeWait: 0.375 }],
    ['one that goes on at the end', 0, 0.2, { synSent: 0.5, established: 0.5, closing: 0, timeWait: 0 }],
    ['one that is long closed', 0.75, 0.875, { synSent: 0, established: 0, closing: 0, timeWait: 1 }],
  ])('uses a slot in one state after the other: %s', (_, from, seconds, expected) => {
    const { meanUsedByState, meanUsed } = run({}, from, seconds);
    for (const state of ['synSent', 'established', 'closing', 'timeWait'] as const) {
      expect(meanUsedByState[state]).toBeCloseTo(expected[state], 12);
    }
    expect(sumOf(meanUsedByState)).toBe(meanUsed);
  });

  it.each(['constant', 'exponential'] as const)('is as long as the round trips make it: %s', (kind) => {
    const changes = { hold: { kind }, slotsPerLane: 1_000, opensPerSecond: 100 };
    const { meanUsed, meanUsedByState } = run(changes, 10, 1_010);
    expect(meanUsed / 100).toBeCloseTo(1, 2);
    expect(meanUsedByState.synSent).toBeCloseTo(10, 1);
    expect(meanUsedByState.established / 30).toBeCloseTo(1, 1);
    expect(meanUsedByState.closing).toBeCloseTo(10, 1);
    expect(meanUsedByState.timeWait).toBeCloseTo(50, 0);
    expect(sumOf(meanUsedByState)).toBe(meanUsed);
  });

  it('is of as many requests as connections, where none is kept', () => {
    expect(run({ opensPerSecond: 8 }, 10, 20)).toMatchObject({ requests: 80, attempts: 80, refusals: 40 });
  });
});

describe('the cliff', () => {
  // Connections at 0, 0.4, 0.8 …, each for 1 s: the third is opened while two are there, the fourth as the first is gone.
  it('is where the ports that are looked at first are used, and nowhere else', () => {
    const { pastCliffShare, portsLookedAt } = run({ opensPerSecond: 2.5 }, 0, 1.1);
    expect(pastCliffShare).toBe(1 / 3);
    // Of two free ones the first; of two of which one is used 3/2; two in vain, and then the first of two.
    expect(portsLookedAt).toEqual({ mean: 5.5 / 3, meanBeforeCliff: 1.25, meanPastCliff: 3, most: 3 });
  });

  it('is looked over in vain by those that are refused, at each try', () => {
    const filling = { holdSeconds: 1_000, opensPerSecond: 1, retries: 1 };
    const { refusals, pastCliffShare, portsLookedAt } = run(filling, 0, 6);
    expect([refusals, pastCliffShare]).toEqual([2, 0.5]);
    // 1 and 1.5 before the cliff, 3 and 3.5 past it, and four times all four.
    expect(portsLookedAt).toEqual({ mean: 25 / 8, meanBeforeCliff: 1.25, meanPastCliff: 22.5 / 6, most: 4 });
  });

  it('counts from the end of the warm-up', () => {
    const filling = { holdSeconds: 1_000, opensPerSecond: 1 };
    expect(run(filling, 1.5, 3.5).portsLookedAt).toMatchObject({
      meanBeforeCliff: null,
      meanPastCliff: 3.25,
      most: 3.5,
    });
    expect(run(filling, 5.5, 5.9).portsLookedAt).toEqual({
      ...{ mean: null, meanBeforeCliff: null, meanPastCliff: null, most: 0 },
    });
  });

  it('is none, and searching costs nothing that is known, where connect() gives none of the slots', () => {
    const filling = { holdSeconds: 1_000, opensPerSecond: 1, firstPassPorts: null };
    expect(run(filling, 0, 6)).toMatchObject({ refusals: 2, pastCliffShare: 0, portsLookedAt: null });
  });
});

describe('lanes by hash', () => {
  const crowded = { lanes: 10, slotsPerLane: 3, firstPassPorts: 2, opensPerSecond: 8, holdSeconds: 1 };

  it('are one lane for one key', () => {
    const hashed = run({ ...crowded, laneChoice: { kind: 'hash', keys: 1 } }, 0, 100);
    expect(hashed.mostUsed).toBe(3);
    expect(hashed).toEqual(run({ ...crowded, lanes: 1 }, 0, 100));
  });

  it('are no other ones for another try', () => {
    const once = run({ ...crowded, laneChoice: { kind: 'hash', keys: 4 } }, 0, 1_000);
    const again = run({ ...crowded, laneChoice: { kind: 'hash', keys: 4 }, retries: 3 }, 0, 1_000);
    expect(once.refusals).toBeGreaterThan(0);
    expect(again.refusals).toBe(once.refusals);
    expect(again.portsLookedAt?.mean).toBeGreaterThan(once.portsLookedAt?.mean ?? Number.NaN);
  });

  it('refuse more than any lane at random, the more so the fewer keys there are', () => {
    const [few = 0, many = 0, random = 0] = (
      [{ kind: 'hash', keys: 20 }, { kind: 'hash', keys: 1_000 }, { kind: 'random' }] as const
    ).map((laneChoice) => run({ ...crowded, laneChoice }, 10, 5_000).refusalProbability);
    expect(random).toBeLessThan(many);
    expect(many).toBeLessThan(few);
  });
});

function sumOf({ synSent, established, closing, timeWait }: UsedByState): number {
  return synSent + established + closing + timeWait;
}
