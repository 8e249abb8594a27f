import { describe, expect, it } from 'vitest';
import { erlangB } from '../../tcp/erlang.ts';
import { simulateRuns } from './runs.ts';
import { simulate } from './simulate.ts';
import type { KeptPool, SimulatedTier, SimulationRun } from './simulated-tier.ts';

const FOR_EVER = Number.POSITIVE_INFINITY;

/** One request a second to a lane that keeps two connections. */
const TIER: SimulatedTier = {
  lanes: 1,
  slotsPerLane: 100,
  firstPassPorts: 50,
  opensPerSecond: 1,
  pattern: { kind: 'constant' },
  kept: { connections: 2, requestsPerConnection: FOR_EVER },
  holdSeconds: 0.5,
  hold: { kind: 'constant' },
  afterCloseSeconds: 4,
  laneChoice: { kind: 'round-robin' },
  retries: 0,
};

function run(changes: Partial<SimulatedTier>, kept: Partial<KeptPool> = {}, seconds = 310): SimulationRun {
  const tier = { ...TIER, ...changes, kept: { ...TIER.kept, ...kept } as KeptPool };
  return simulate(tier, { warmUpSeconds: 10, seconds, seed: 1 });
}

describe('kept connections', () => {
  it('carry requests without another one being opened, and hold their slots', () => {
    expect(run({})).toMatchObject({
      ...{ requests: 300, attempts: 0, refusals: 0, meanUsed: 2, mostUsed: 2, pastCliffShare: 0 },
      meanUsedByState: { synSent: 0, established: 2, closing: 0, timeWait: 0 },
      portsLookedAt: { mean: null, most: 0 },
    });
  });

  it('leave a request that finds none idle to open its own', () => {
    // Two of three requests of 2.5 s find one idle; the third has a slot for 2.5 and 4 s.
    const { requests, attempts, meanUsed, meanUsedByState } = run({ holdSeconds: 2.5 });
    expect([requests, attempts]).toEqual([300, 100]);
    expect(meanUsed).toBeCloseTo(2 + 6.5 / 3, 12);
    expect(meanUsedByState.established).toBeCloseTo(2 + 2.5 / 3, 12);
    expect(meanUsedByState.timeWait).toBeCloseTo(4 / 3, 12);
  });

  it('are replaced when they have carried so many requests; the old slot comes back as any other', () => {
    const { attempts, meanUsed, meanUsedByState } = run({ roundTripSeconds: 0.25 }, { requestsPerConnection: 4 });
    expect(attempts).toBe(75);
    // A quarter of a connection a second: each in SYN_SENT and closed for a round trip, and 4 s in TIME_WAIT.
    expect(meanUsedByState.synSent).toBeCloseTo(1 / 16, 12);
    expect(meanUsedByState.established).toBeCloseTo(2 - 1 / 16, 12);
    expect(meanUsedByState.closing).toBeCloseTo(1 / 16, 12);
    expect(meanUsedByState.timeWait).toBeCloseTo(1, 12);
    expect(meanUsed).toBeCloseTo(3 + 1 / 16, 12);
  });

  it('are busy while they are opened, too', () => {
    // One is opened at 1 s, and busy until 2.15 s: the request at 2 s opens its own. At 3 s the next one is opened.
    const longer = { holdSeconds: 0.9, roundTripSeconds: 0.25 };
    const { attempts, meanUsedByState } = run(longer, { connections: 1, requestsPerConnection: 1 });
    expect(attempts).toBe(300);
    expect(meanUsedByState.established).toBeCloseTo(1 - 0.25 / 2 + 0.9 / 2, 12);
  });

  it('carry any number of requests on average, of which a part may be left', () => {
    expect(run({}, { requestsPerConnection: 2.5 }).attempts).toBe(120);
  });

  it('are replaced at once where a slot comes back at once', () => {
    const full = { slotsPerLane: 1, firstPassPorts: 1, afterCloseSeconds: 0 };
    expect(run(full, { connections: 1, requestsPerConnection: 1 })).toMatchObject({
      attempts: 300,
      refusals: 0,
      meanUsed: 1,
    });
  });

  it('are fewer where one cannot be replaced, until a request opens one', () => {
    // The seventh request closes the connection; it and three more are refused until the slot is free, and the next opens one.
    const full = { slotsPerLane: 1, firstPassPorts: 1, afterCloseSeconds: 4 };
    const { attempts, refusals, meanUsed } = run(full, { connections: 1, requestsPerConnection: 6 });
    expect([attempts, refusals]).toEqual([150, 120]);
    expect(meanUsed).toBe(1);
  });

  it('are shared out among the lanes, as many to each as to any or one more', () => {
    const laneChoice = { kind: 'round-robin' } as const;
    // Of three lanes in turn one keeps none: its requests open their own.
    expect(run({ lanes: 3, laneChoice }, { connections: 2 })).toMatchObject({ attempts: 100, meanUsed: 2 + 4.5 / 3 });
  });

  it('are as many as there are slots where there should be more', () => {
    expect(run({ slotsPerLane: 3, firstPassPorts: 2 }, { connections: 5 })).toMatchObject({ mostUsed: 3, attempts: 0 });
  });

  it('take ports that are looked at first, as those do that take their place', () => {
    const { pastCliffShare } = run(
      { slotsPerLane: 12, firstPassPorts: 4 },
      { connections: 6, requestsPerConnection: 1 },
    );
    // Eight at a time are kept or in TIME_WAIT of 4 s: from the fifth on they are past the cliff.
    expect(pastCliffShare).toBeGreaterThan(0.3);
    expect(pastCliffShare).toBeLessThan(1);
    expect(run({ firstPassPorts: 50 }, { requestsPerConnection: 1 }).pastCliffShare).toBe(0);
  });

  it('of the lane that is used least are those that fewest requests use', () => {
    const wide = { lanes: 2, holdSeconds: 1.5 };
    expect(run({ ...wide, laneChoice: { kind: 'least-used' } }).attempts).toBe(0);
    expect(run({ ...wide, laneChoice: { kind: 'random' } }).attempts).toBeGreaterThan(50);
  });

  it('leave as many requests at random as the loss formula says', () => {
    const tier: SimulatedTier = {
      ...{ ...TIER, pattern: { kind: 'poisson' }, hold: { kind: 'exponential' }, opensPerSecond: 40 },
      ...{ kept: { connections: 20, requestsPerConnection: FOR_EVER } },
    };
    const options = { seconds: 2_010, warmUpSeconds: 10, seed: 1, runs: 10 };
    const shares = simulateRuns(tier, options).runs.map(({ attempts, requests }) => attempts / requests);
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / (shares.length - 1);
    expect(Math.abs(mean - erlangB(20, 20))).toBeLessThan(3 * Math.sqrt(variance / shares.length));
  });

  it('are tried on another lane where one is full, and count as an attempt then', () => {
    const tier: SimulatedTier = { ...TIER, lanes: 2, slotsPerLane: 1, firstPassPorts: 1, holdSeconds: 1.5, retries: 1 };
    const { attempts, refusals, requests } = simulate(
      { ...tier, laneChoice: { kind: 'random' } },
      { warmUpSeconds: 0, seconds: 1_000, seed: 1 },
    );
    expect(requests).toBe(1_000);
    expect(attempts).toBeGreaterThan(refusals);
    expect(refusals).toBeGreaterThan(0);
  });
});
