import { describe, expect, it } from 'vitest';
import { expectGolden } from '../../../test/kit/golden.ts';
import { gatewayLike, tierLike } from '../../../test/kit/tiers.ts';
import { answerPlan } from '../../plan/answer.ts';
import { simulatePlan } from '../../plan/simulate-plan.ts';
import type { Tier } from '../../plan/topology.ts';
import { renderSimulation } from './plan-simulation-text.ts';
import type { Screen } from './screen.ts';

const WIDE: Screen = { width: 120, colour: false, unicode: true };
const NARROW: Screen = { width: 80, colour: false, unicode: true };
const RANGE = { low: 40_000, high: 40_999 };

function textOf(tiers: readonly Tier[], screen: Screen, seconds = 600, runs = 2): string {
  const topology = { tiers };
  const report = answerPlan(topology, { refusalProbability: 1e-6, targetOpensPerSecond: null });
  const simulation = simulatePlan(topology, report, { seconds, runs, seed: 1, onProgress: () => {} });
  return `${renderSimulation({ ...report, simulation }, screen).join('\n')}\n`;
}

const LIFE = tierLike({
  name: 'proxy → backend',
  settings: { range: RANGE, reuseDelaySeconds: 1 },
  traffic: { requestsPerSecond: 120, holdSeconds: 4, roundTripSeconds: 1 },
});
const KEPT = tierLike({
  name: 'proxy → cache',
  settings: { range: RANGE },
  traffic: { requestsPerSecond: 100, holdSeconds: 0.05, keptPerLane: 8, requestsPerConnection: 100 },
});
const DAY = tierLike({
  settings: { range: RANGE },
  traffic: { requestsPerSecond: 9, pattern: { kind: 'day', shares: [0.1, 0.5, 1, 0.7] } },
});
const GATEWAY = tierLike({ name: 'proxy → far', via: gatewayLike({ tries: 248 }), traffic: { requestsPerSecond: 1 } });

const CASES: Readonly<Record<string, readonly Tier[]>> = {
  tiers: [KEPT, LIFE, GATEWAY],
  kept: [KEPT],
  day: [DAY],
};

describe('a simulation as text', () => {
  it.each(Object.entries(CASES))('is as it was: %s', (name, tiers) => {
    expectGolden(`plan-simulated-${name}-alone-120.txt`, textOf(tiers, WIDE));
    expectGolden(`plan-simulated-${name}-alone-80.txt`, textOf(tiers, NARROW));
  });

  it('says where its time of day is, from midnight on where it is a day or longer', () => {
    expect(textOf([DAY], WIDE)).toContain('simulated for 10 min (11:55 to 12:05), 2 runs');
    expect(textOf([DAY], WIDE, 86_400, 1)).toContain('simulated for 24 h (from midnight on), 1 run');
  });

  it('has no cliff where there is none', () => {
    const bound = tierLike({ settings: { boundBeforeConnect: true } });
    expect(textOf([tierLike()], WIDE)).toContain('Opened past the cliff: ');
    expect(textOf([bound], WIDE)).not.toContain('cliff');
  });

  it('tells of six other tiers, and how many more there are', () => {
    const tiers = Array.from({ length: 9 }, (_, index) =>
      tierLike({ name: `tier ${index}`, traffic: { requestsPerSecond: 1 + (index === 3 ? 1 : 0) } }),
    );
    const text = textOf(tiers, WIDE, 100, 1);
    expect(text).toMatch(/^tier 3 simulated for/);
    expect(text.match(/^ {2}tier \d: /gm)).toHaveLength(6);
    expect(text).toContain('and 2 more (--json has all)');
  });
});
