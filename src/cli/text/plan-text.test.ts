import { describe, expect, it } from 'vitest';
import { expectGolden } from '../../../test/kit/golden.ts';
import { answerPlan, type PlanReport } from '../../plan/answer.ts';
import { simulatePlan } from '../../plan/simulate-plan.ts';
import type { Topology } from '../../plan/topology.ts';
import type { TopologyFlags } from '../plan-flags.ts';
import { topologyOf } from '../plan-topology.ts';
import { renderPlan } from './plan-text.ts';
import type { Screen } from './screen.ts';

interface Case extends TopologyFlags {
  readonly targetRate?: number;
  readonly bare?: boolean;
  readonly runs?: number;
}

const ARTICLE = { range: { low: 32_768, high: 61_000 }, timeWait: 120 };

const CASES: Readonly<Record<string, Case>> = {
  bare: { bare: true },
  article: ARTICLE,
  proxy: { clients: 4, proxies: 1, backends: 2 },
  'proxy-loaded': { clients: 4, proxies: 1, backends: 2, rate: 800, hold: 0.05 },
  holds: { rate: 300, hold: 0.05, destinations: 2 },
  'past-cliff': { rate: 300, hold: 0.05 },
  refuses: { rate: 469, hold: 0.05 },
  exhausted: { rate: 2_000, hold: 0.05, destinations: 2, targetRate: 50_000 },
  'exhausted-already-met': { rate: 300, targetRate: 400 },
  'exhausted-out-of-reach': { rate: 300, hold: 3_600, targetRate: 1e12 },
  unbounded: { rate: 300, closes: 'to' },
  'closed-by-server': { rate: 300, hold: 2, closes: 'to' },
  simulated: { range: { low: 40_000, high: 40_999 }, rate: 16, hold: 0.5, runs: 3 },
  'simulated-once': { destinations: 2, rate: 10, runs: 1 },
  gateway: { sources: 10, rate: 2_000, hold: 1, via: 'aws-nat-gateway' },
  shared: { destinations: 5, rate: 100, hold: 0.2, boundBeforeConnect: true },
  bursts: {
    ...{ destinations: 2, rate: 800, hold: 0.05 },
    ...{ pattern: { kind: 'bursts', size: 50 }, lanes: { kind: 'round-robin' }, retries: 2 },
  },
  kept: { destinations: 2, rate: 3_000, hold: 0.02, roundTrip: 0.001, keep: 32, targetRate: 5_000 },
  'kept-idle': { keep: 20_000, requestsPerConnection: 100, hold: 0.02, lanes: { kind: 'hash', keys: 200 } },
  large: { clients: 40_000, proxies: 10_000, backends: 1_000, rate: 123_456_789, hold: 3 },
};

const SCREENS: Readonly<Record<string, Screen>> = {
  '80': { width: 80, colour: false, unicode: true },
  '120': { width: 120, colour: false, unicode: true },
  'ascii-120': { width: 120, colour: false, unicode: false },
};

function withRuns(topology: Topology, report: PlanReport, runs = 0): PlanReport {
  const request = { seconds: 300, runs, seed: 1, onProgress: () => {} };
  return { ...report, simulation: runs === 0 ? null : simulatePlan(topology, report, request) };
}

function textOf({ targetRate, bare, runs, ...flags }: Case, screen: Screen): string {
  const topology = topologyOf(flags);
  const refusal = 1e-6;
  const report = answerPlan(topology, {
    refusalProbability: refusal,
    targetOpensPerSecond: targetRate ?? null,
  });
  return renderPlan(topology, withRuns(topology, report, runs), screen, {
    refusal,
    targetRate: targetRate ?? null,
    bare: bare === true,
  });
}

describe('a plan as text', () => {
  describe.each(Object.entries(CASES))('that is %s', (name, given) => {
    it.each(Object.entries(SCREENS))('on a screen of %s', (size, screen) => {
      const text = textOf(given, screen);
      expectGolden(`plan-${name}-${size}.txt`, text);
      for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(screen.width);
      if (!screen.unicode) expect(text).toMatch(/^[\x20-\x7e\n]*$/);
    });
  });

  it.each(['holds', 'past-cliff', 'exhausted', 'bare'])(
    'differs on a terminal with colours only by the colours: %s',
    (name) => {
      const [screen, given] = [SCREENS['80'] as Screen, CASES[name] as Case];
      const coloured = textOf(given, { ...screen, colour: true });
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what colours are made of
      const bare = coloured.replace(/\u001b\[\d+m/g, '');
      expect(coloured).not.toBe(bare);
      expect(bare).toBe(textOf(given, screen));
    },
  );
});
