import { describe, expect, it } from 'vitest';
import { gatewayLike, tierLike } from '../../test/kit/tiers.ts';
import { answerPlan, type PlanQuestion } from './answer.ts';
import type { Tier } from './topology.ts';

const QUESTION: PlanQuestion = { refusalProbability: 1e-6, targetOpensPerSecond: null };

function first(...tiers: readonly Tier[]): string | null {
  return answerPlan({ tiers }, QUESTION).exhaustedFirst;
}

describe('a plan', () => {
  const clients = { name: 'client → proxy', from: { hosts: 4 }, traffic: null } as const;
  const backends = { name: 'proxy → backend', to: { hosts: 2 }, traffic: null } as const;

  it('has half of the slots behind the proxy of four clients and two backends', () => {
    const report = answerPlan({ tiers: [tierLike(clients), tierLike(backends)] }, QUESTION);
    expect(report.tiers.map(({ concurrency }) => concurrency)).toEqual([112_928, 56_464]);
    expect(report).toMatchObject({ schema: 1, exhaustedFirst: 'proxy → backend', stack: null, simulation: null });
    expect(new Set(report.remedies.map(({ tier }) => tier))).toEqual(new Set(['proxy → backend']));
  });

  it('calls the tier first that is used most, by how much even where it is overrun', () => {
    const [low, over, most] = [100, 1_000, 2_000].map((requestsPerSecond) =>
      tierLike({ name: `${requestsPerSecond}`, traffic: { requestsPerSecond } }),
    ) as [Tier, Tier, Tier];
    expect(first(low, over)).toBe('1000');
    expect(first(over, most, low)).toBe('2000');
    // It has fewer slots, but nobody says that they are used.
    expect(first(tierLike({ ...backends, to: {} }), low)).toBe('100');
  });

  it('calls the first of equal tiers first, and none where there is none', () => {
    expect(first(tierLike({ name: 'a' }), tierLike({ name: 'b' }))).toBe('a');
    expect(first(tierLike({ name: 'a', traffic: null }), tierLike({ name: 'b', traffic: null }))).toBe('a');
    expect(answerPlan({ tiers: [] }, { ...QUESTION, targetOpensPerSecond: 5 })).toEqual({
      ...{ schema: 1, tiers: [], exhaustedFirst: null, remedies: [], stack: null, simulation: null },
    });
  });

  it('stacks remedies for the tier that is exhausted first', () => {
    const tiers = [tierLike({ name: 'wide', from: { hosts: 9 } }), tierLike({ name: 'narrow' })];
    const { stack } = answerPlan({ tiers }, { ...QUESTION, targetOpensPerSecond: 1_000 });
    expect(stack).toMatchObject({ tier: 'narrow', targetOpensPerSecond: 1_000, remedies: ['wider-range'] });
  });

  it('finds the tier whose gateway ends before the ports of another', () => {
    const traffic = { requestsPerSecond: 400 };
    expect(first(tierLike({ name: 'own', traffic }), tierLike({ name: 'nat', traffic, via: gatewayLike() }))).toBe(
      'nat',
    );
  });
});
