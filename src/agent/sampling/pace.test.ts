import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pace } from './pace.ts';

function paceAfter(...costs: readonly number[]): Pace {
  const pace = new Pace(1, 0.01);
  pace.spent(0.12);
  for (const cost of costs) pace.spent(cost);
  return pace;
}

describe('the pace of samples', () => {
  it('is the wanted one where samples are cheap', () => {
    const pace = paceAfter(0.009, 0.009, 0.008);
    expect([pace.intervalSeconds, pace.isStretched]).toEqual([1, false]);
  });

  it('does not count the first sample, which is dearer than those that follow', () => {
    expect(paceAfter().intervalSeconds).toBe(1);
    expect(paceAfter(0.5).intervalSeconds).toBeCloseTo(50, 6);
  });

  it('slows down where they are dear, and comes back at once', () => {
    const pace = paceAfter(...Array<number>(10).fill(0.05));
    expect(pace.intervalSeconds).toBeCloseTo(5, 6);
    expect(pace.isStretched).toBe(true);
    pace.spent(0.001);
    expect(pace.intervalSeconds).toBe(1);
  });

  it('grows step by step, as code that is new becomes quick', () => {
    expect(paceAfter(0.12).intervalSeconds).toBe(1.25);
    expect(paceAfter(0.12, 0.12).intervalSeconds).toBe(1.5625);
    expect(paceAfter(0.12, 0.12, 0.004).intervalSeconds).toBe(1);
  });

  it('is not moved by a dear sample or two', () => {
    expect(paceAfter(0.005, 0.005, 0.005, 0.9, 0.9).isStretched).toBe(false);
  });

  it('keeps any load within its budget, once it is steady', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 10, noNaN: true }), (cost) => {
        const pace = paceAfter(0.5, ...Array<number>(30).fill(cost));
        expect(cost / pace.intervalSeconds).toBeLessThanOrEqual(0.01 * (1 + 1e-9));
      }),
    );
  });
});
