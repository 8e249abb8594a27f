import { describe, expect, it } from 'vitest';
import { answerPlan } from '../plan/answer.ts';
import type { PlanSimulation } from '../plan/plan-simulation.ts';
import { simulatePlan } from '../plan/simulate-plan.ts';
import type { TopologyFlags } from './plan-flags.ts';
import { topologyOf } from './plan-topology.ts';

const SMALL = { range: { low: 40_000, high: 40_099 } };

function simulated(flags: TopologyFlags, seconds = 6_000): PlanSimulation & { readonly predicted: number } {
  const topology = topologyOf(flags);
  const report = answerPlan(topology, { refusalProbability: 1e-6, targetOpensPerSecond: null });
  const predicted = report.tiers.find(({ name }) => name === report.exhaustedFirst)?.refusalProbability ?? Number.NaN;
  const request = { seconds, runs: 8, seed: 3, onProgress: () => {} };
  return { ...simulatePlan(topology, report, request), predicted };
}

describe('the simulation of a plan', () => {
  it.each<[TopologyFlags]>([
    [{ ...SMALL, rate: 1.6 }],
    [{ ...SMALL, rate: 3, hold: 2, destinations: 2, closes: 'from' }],
    [{ ...SMALL, rate: 9, hold: 10, closes: 'to' }],
    [{ ...SMALL, rate: 2, sources: 5, boundBeforeConnect: true, destinations: 3, requestsPerConnection: 2 }],
  ])('refuses as many as the arithmetic says: %j', (flags) => {
    const { refusalProbability, predicted } = simulated(flags);
    const error = refusalProbability.standardError ?? Number.NaN;
    expect(Math.abs(refusalProbability.mean - predicted)).toBeLessThan(4 * error + 1e-4);
  });

  it('is of the tier that gives out first, and counts from when slots come back', () => {
    const { tier, warmUpSeconds, runs } = simulated({ clients: 4, proxies: 1, backends: 2, rate: 5, hold: 2 }, 600);
    expect({ tier, warmUpSeconds, runs: runs.length }).toEqual({ tier: 'proxy → backend', warmUpSeconds: 66, runs: 8 });
  });

  it.each<[TopologyFlags, number, string, string]>([
    [{}, 600, 'FT_ARGUMENT', 'there is no rate'],
    [{ clients: 4, proxies: 1, backends: 2 }, 600, 'FT_ARGUMENT', 'there is no rate'],
    [{ rate: 5 }, 60, 'FT_ARGUMENT', '60 s is too short'],
    [{ rate: 5, via: 'netfilter-masquerading' }, 600, 'FT_UNSUPPORTED', 'does not try all of its ports'],
  ])('is refused where it would tell nothing: %j for %i s', (flags, seconds, code, words) => {
    expect(() => simulated(flags, seconds)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(words) }),
    );
  });
});
