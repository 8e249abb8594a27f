import { describe, expect, it } from 'vitest';
import { expectGolden } from '../../../test/kit/golden.ts';
import { parsePage } from '../../../test/kit/page-markup.ts';
import { gatewayLike, tierLike } from '../../../test/kit/tiers.ts';
import { answerPlan } from '../answer.ts';
import { simulatePlan } from '../simulate-plan.ts';
import type { Tier } from '../topology.ts';
import { simulationSection } from './simulation-section.ts';

const RANGE = { low: 40_000, high: 40_099 };
const FULL = tierLike({
  name: 'client → proxy',
  settings: { range: RANGE },
  traffic: { requestsPerSecond: 10, holdSeconds: 8, roundTripSeconds: 0.5, closes: 'to' },
});
const DAY = tierLike({
  settings: { range: RANGE },
  traffic: { requestsPerSecond: 1, pattern: { kind: 'day', shares: [0.1, 0.5, 1, 0.7] } },
});
const KEPT = tierLike({
  name: 'proxy → cache',
  traffic: { requestsPerSecond: 10, keptPerLane: 2, requestsPerConnection: Number.POSITIVE_INFINITY },
});
const GATEWAY = tierLike({ name: 'proxy → far', via: gatewayLike({ tries: 248 }) });

function sectionOf(tiers: readonly Tier[], runs: number): string {
  const report = answerPlan({ tiers }, { refusalProbability: 1e-6, targetOpensPerSecond: null });
  const simulation = simulatePlan({ tiers }, report, { seconds: 300, runs, seed: 1, onProgress: () => {} });
  return simulationSection({ ...report, simulation }).markup;
}

function textOf(section: string): string {
  return section.replace(/<[^>]*>/g, '\n');
}

describe('the simulation on the page', () => {
  it('is as it was', () => {
    expectGolden('plan-simulated-page.txt', `${sectionOf([FULL], 2)}\n`);
  });

  it('has a chart and rows for each tier, and each id once', () => {
    const tags = parsePage(sectionOf([FULL, DAY, GATEWAY], 2));
    expect(tags.filter(({ name }) => name === 'svg')).toHaveLength(2);
    expect(tags.filter(({ name }) => name === 'tbody')).toHaveLength(2);
    const ids = tags.flatMap(({ attributes }) => attributes.get('id') ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { name, attributes } of tags) {
      if (name === 'svg')
        expect(ids).toEqual(expect.arrayContaining(attributes.get('aria-labelledby')?.split(' ') ?? []));
    }
  });

  it('says which tier is not simulated, which time of day it is, and what kept connections left to open', () => {
    const text = textOf(sectionOf([DAY, KEPT, GATEWAY], 1));
    expect(text).toContain('proxy → far is not simulated: Some gateway does not try all of its ports.');
    expect(text).toContain('The time of day is 11:57:30 to 12:02:30.');
    expect(text).toMatch(/[\d,]+ requests, \d+ connections to open for them, the first 60\.1 s not counted/);
  });

  it('knows no cliff where there is none', () => {
    const bound = tierLike({ settings: { boundBeforeConnect: true, range: RANGE }, traffic: { requestsPerSecond: 1 } });
    expect(textOf(sectionOf([bound], 1))).not.toContain('cliff');
    expect(textOf(sectionOf([FULL], 1))).toContain('Opened past the cliff');
  });

  it('is nothing where none was asked for', () => {
    const report = answerPlan({ tiers: [FULL] }, { refusalProbability: 1e-6, targetOpensPerSecond: null });
    expect(simulationSection(report).markup).toBe('');
  });
});
