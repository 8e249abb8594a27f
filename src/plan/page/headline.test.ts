import { describe, expect, it } from 'vitest';
import { planned } from '../../../test/kit/planned-topologies.ts';
import { headline } from './headline.ts';

const [FROM, TO] = [['proxy', 1] as const, ['backend', 2] as const];

describe('the headline', () => {
  it('says which tier is exhausted first, at which rate, and how far that is', () => {
    const { report } = planned({ from: ['client', 4], to: FROM, rate: 500 }, { from: FROM, to: TO, rate: 500 });
    expect(headline(report)).toBe(
      'proxy → backend is exhausted first, when it opens 940/s: 1.9 times as many as now (500/s, 53.2% of its slots).',
    );
  });

  it('tells a short distance as a percentage', () => {
    const { report } = planned({ from: FROM, to: TO, rate: 900 });
    expect(headline(report)).toMatch(/940\/s: 4\.\d% more than now \(900\/s, 95\.\d% of its slots\)\.$/);
  });

  it('says so where the rate cannot be sustained', () => {
    const { report } = planned({ from: FROM, to: TO, rate: 1000 });
    expect(headline(report)).toBe('proxy → backend is exhausted: it opens 1,000/s, and can sustain 940/s.');
  });

  it('gives connections at once where no traffic is given', () => {
    const { report } = planned({ from: ['client', 4], to: FROM, rate: null }, { from: FROM, to: TO, rate: null });
    expect(headline(report)).toBe('proxy → backend is exhausted first: it has slots for 56,464 connections at once.');
  });

  it('divides by no rate of 0', () => {
    const { report } = planned({ from: FROM, to: TO, rate: 0 });
    expect(headline(report)).toBe('proxy → backend is exhausted first, when it opens 940/s. Now it opens nothing.');
  });

  it('makes nothing up where ports set no bound, or there are no tiers', () => {
    const { report } = planned({ from: FROM, to: TO, rate: 500 });
    const tiers = report.tiers.map((tier) => ({ ...tier, sustainableOpensPerSecond: null }));
    expect(headline({ ...report, tiers })).toContain('ports do not bound');
    const endless = { opensPerSecond: Number.POSITIVE_INFINITY, sustainableOpensPerSecond: Number.POSITIVE_INFINITY };
    expect(headline({ ...report, tiers: report.tiers.map((tier) => ({ ...tier, ...endless })) })).toContain(
      'ports do not bound',
    );
    expect(headline(planned().report)).toBe('No tier runs out of ports.');
  });
});
