import { describe, expect, it } from 'vitest';
import { gatewayLike, tierLike } from '../../test/kit/tiers.ts';
import { answerPlan, type TierAnswer } from '../plan/answer.ts';
import type { PlanSimulation, TierSimulation } from '../plan/plan-simulation.ts';
import { simulatePlan } from '../plan/simulate-plan.ts';
import type { Topology } from '../plan/topology.ts';
import { PortSet } from '../tcp/port-set.ts';
import type { TopologyFlags } from './plan-flags.ts';
import { topologyOf } from './plan-topology.ts';

const SMALL = { range: { low: 40_000, high: 40_099 } };

interface Simulated {
  readonly simulation: PlanSimulation;
  /** The tier that gives out first. */
  readonly first: TierSimulation;
  readonly answer: TierAnswer;
}

function simulated(flags: TopologyFlags, seconds = 6_000): Simulated {
  return simulatedTopology(topologyOf(flags), seconds);
}

function simulatedTopology(topology: Topology, seconds: number, runs = 8): Simulated {
  const report = answerPlan(topology, { refusalProbability: 1e-6, targetOpensPerSecond: null });
  const simulation = simulatePlan(topology, report, { seconds, runs, seed: 3, onProgress: () => {} });
  const first = simulation.tiers.find(({ tier }) => tier === report.exhaustedFirst) ?? simulation.tiers[0];
  const answer = report.tiers.find(({ name }) => name === first?.tier);
  return { simulation, first: first as TierSimulation, answer: answer as TierAnswer };
}

describe('the simulation of a plan', () => {
  it.each<[TopologyFlags]>([
    [{ ...SMALL, rate: 1.6 }],
    [{ ...SMALL, rate: 3, hold: 2, destinations: 2, closes: 'from' }],
    [{ ...SMALL, rate: 9, hold: 10, closes: 'to' }],
    [{ ...SMALL, rate: 2, sources: 5, boundBeforeConnect: true, destinations: 3, requestsPerConnection: 2 }],
  ])('refuses as many as the arithmetic says: %j', (flags) => {
    const { first, answer } = simulated(flags);
    const error = first.refusalProbability.standardError ?? Number.NaN;
    const predicted = answer.refusalProbability ?? Number.NaN;
    expect(Math.abs(first.refusalProbability.mean - predicted)).toBeLessThan(4 * error + 1e-4);
  });

  it('is of every tier that has traffic, each by itself, and counts from when slots come back', () => {
    const { simulation } = simulated({ clients: 4, proxies: 1, backends: 2, rate: 5, hold: 2 }, 600);
    expect(simulation).toMatchObject({ seconds: 600, seed: 3, notSimulated: [] });
    expect(
      simulation.tiers.map(({ tier, warmUpSeconds, runs }) => ({ tier, warmUpSeconds, runs: runs.length })),
    ).toEqual([
      { tier: 'client → proxy', warmUpSeconds: 66, runs: 8 },
      { tier: 'proxy → backend', warmUpSeconds: 66, runs: 8 },
    ]);
    expect(simulation.tiers[0]?.meanUsed).not.toEqual(simulation.tiers[1]?.meanUsed);
    const alone = simulatedTopology({ tiers: [tierLike({ traffic: { requestsPerSecond: 5, holdSeconds: 2 } })] }, 600);
    expect(alone.first.seed).toBe(3);
    const behind = { tiers: [tierLike({ name: 'quiet', traffic: null }), tierLike({ traffic: { holdSeconds: 2 } })] };
    expect(simulatedTopology(behind, 600).simulation.tiers.map(({ tier }) => tier)).toEqual(['proxy → backend']);
  });

  it('leaves out a gateway that does not try all of its ports, and says so', () => {
    const [gateway, direct] = [tierLike({ name: 'a', via: gatewayLike({ tries: 248 }) }), tierLike({ name: 'b' })];
    const { simulation } = simulatedTopology({ tiers: [gateway, direct] }, 600, 1);
    expect(simulation.tiers.map(({ tier }) => tier)).toEqual(['b']);
    expect(simulation.notSimulated).toEqual([{ tier: 'a', reason: 'Some gateway does not try all of its ports' }]);
  });

  it('tells how much of all tiers is done, by how many connections they open', () => {
    const tiers = [1, 3].map((rate) => tierLike({ name: `${rate}/s`, traffic: { requestsPerSecond: rate } }));
    const report = answerPlan({ tiers }, { refusalProbability: 1e-6, targetOpensPerSecond: null });
    const shares: number[] = [];
    simulatePlan({ tiers }, report, { seconds: 600, runs: 2, seed: 1, onProgress: (share) => shares.push(share) });
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect([shares[199], shares.at(-1)]).toEqual([0.25, 1]);
  });

  it('begins before the peak of a day, or at midnight; and at no time of day without one', () => {
    const pattern = { kind: 'day', shares: [0.1, 1] } as const;
    const tier = tierLike({ traffic: { requestsPerSecond: 1, pattern } });
    const begins = (seconds: number): unknown =>
      simulatedTopology({ tiers: [tier] }, seconds, 1).first.dayBeginsSeconds;
    expect(begins(600)).toBe(12 * 3_600 - 300);
    expect(begins(86_400)).toBe(0);
    expect(simulatedTopology({ tiers: [tierLike()] }, 600, 1).first.dayBeginsSeconds).toBeNull();
  });

  it('has requests carried by kept connections, of which the tier has as many as its hosts and destinations make', () => {
    const kept = { requestsPerSecond: 100, keptPerLane: 5, requestsPerConnection: Number.POSITIVE_INFINITY };
    const tier = tierLike({ from: { hosts: 3 }, to: { hosts: 2, ports: 2 }, traffic: kept });
    const { first } = simulatedTopology({ tiers: [tier] }, 600, 1);
    const [run] = first.runs;
    expect(run?.requests).toBeGreaterThan(50_000);
    expect(run?.attempts).toBeLessThan(500);
    expect(first.meanUsed.mean).toBeGreaterThan(60);
    expect(first.meanUsed.mean).toBeLessThan(65);
  });

  it('knows where the cliff is, and that there is none where connect() gives none of the slots', () => {
    const range = { low: 40_000, high: 40_099 };
    const settings = { range, reserved: PortSet.of([40_000, 40_002]) };
    const filling = { requestsPerSecond: 1, holdSeconds: 10_000 };
    const { first } = simulatedTopology({ tiers: [tierLike({ settings, traffic: filling })] }, 40_000, 1);
    // Of 98 ports 48 are looked at first, and all of them in vain as long as all are taken.
    expect(first.lookedAtPastCliff?.least).toBeGreaterThan(48);
    expect(first.runs[0]?.portsLookedAt?.most).toBe(98);
    const bound = tierLike({ settings: { ...settings, boundBeforeConnect: true }, to: { hosts: 2 }, traffic: filling });
    expect(simulatedTopology({ tiers: [bound] }, 40_000, 1).first).toMatchObject({ lookedAtPastCliff: null });
  });

  it.each<[TopologyFlags, number, string, string]>([
    [{}, 600, 'FT_ARGUMENT', 'there is no rate'],
    [{ clients: 4, proxies: 1, backends: 2 }, 600, 'FT_ARGUMENT', 'there is no rate'],
    [{ rate: 5 }, 60, 'FT_ARGUMENT', '60 s is too short to tell anything of source → destination'],
    [{ rate: 5, via: 'netfilter-masquerading' }, 600, 'FT_UNSUPPORTED', 'does not try all of its ports'],
  ])('is refused where it would tell nothing: %j for %i s', (flags, seconds, code, words) => {
    expect(() => simulated(flags, seconds)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(words) }),
    );
  });
});
