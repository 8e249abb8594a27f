import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pace } from './pace.ts';

describe('the pace of samples', () => {
  it('is the wanted one where samples are cheap', () => {
    const pace = new Pace(1, 0.01);
    for (let sample = 0; sample < 20; sample += 1) pace.spent(0.009);
    expect(pace.intervalSeconds).toBe(1);
    expect(pace.isStretched).toBe(false);
  });

  it('slows down where they are dear, and comes back', () => {
    const pace = new Pace(1, 0.01);
    for (let sample = 0; sample < 50; sample += 1) pace.spent(0.05);
    expect(pace.intervalSeconds).toBeCloseTo(5, 6);
    expect(pace.isStretched).toBe(true);
    for (let sample = 0; sample < 50; sample += 1) pace.spent(0.001);
    expect(pace.intervalSeconds).toBe(1);
  });

  it('forgets the first sample, which is dearer than those that follow', () => {
    const pace = new Pace(1, 0.01);
    pace.spent(0.12);
    expect([pace.intervalSeconds, pace.isStretched]).toEqual([12, false]);
    pace.spent(0.002);
    expect([pace.intervalSeconds, pace.isStretched]).toEqual([1, false]);
  });

  it('is not moved far by one dear sample', () => {
    const pace = new Pace(1, 0.01);
    for (let sample = 0; sample < 20; sample += 1) pace.spent(0.005);
    pace.spent(0.03);
    expect(pace.isStretched).toBe(false);
  });

  it('keeps any load within its budget, once it is steady', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 10, noNaN: true }), (cost) => {
        const pace = new Pace(1, 0.01);
        for (let sample = 0; sample < 10; sample += 1) pace.spent(cost);
        expect(cost / pace.intervalSeconds).toBeLessThanOrEqual(0.01 * (1 + 1e-9));
      }),
    );
  });
});
