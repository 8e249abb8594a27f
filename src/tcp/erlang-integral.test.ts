import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { erlangB } from './erlang.ts';
import { erlangBIntegral } from './erlang-integral.ts';

function expectClose(value: number, expected: number, tolerance: number): void {
  if (expected === 0) expect(value).toBe(0);
  else expect(Math.abs(value / expected - 1)).toBeLessThan(tolerance);
}

describe('the loss formula as an integral', () => {
  it('is the recursion where slots are whole', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 3_000 }),
        fc.double({ min: 0.01, max: 3, noNaN: true }),
        (slots, erlangsPerSlot) => {
          const erlangs = erlangsPerSlot * Math.max(1, slots);
          const expected = erlangB(slots, erlangs);
          if (expected > 1e-250) expectClose(erlangBIntegral(slots, erlangs), expected, 1e-8);
        },
      ),
    );
    for (const erlangs of [27_000, 28_232, 30_000, 1e9]) {
      expectClose(erlangBIntegral(28_232, erlangs), erlangB(28_232, erlangs), 1e-8);
    }
  });

  it('obeys the recursion between whole slots too', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 500, noNaN: true }),
        fc.double({ min: 0.1, max: 600, noNaN: true }),
        (slots, erlangs) => {
          const less = erlangBIntegral(slots, erlangs);
          const expected = (erlangs * less) / (slots + 1 + erlangs * less);
          if (expected > 1e-250) expectClose(erlangBIntegral(slots + 1, erlangs), expected, 1e-8);
        },
      ),
    );
  });

  it('is a probability for more slots than can be counted', () => {
    const slots = 2.8e11;
    // About sqrt(2 / (π c)) where the load equals the slots; the rest of it where it is more.
    expectClose(erlangBIntegral(slots, slots), Math.sqrt(2 / (Math.PI * slots)), 1e-5);
    expectClose(erlangBIntegral(slots, 2 * slots), 0.5, 1e-5);
    expect(erlangBIntegral(slots, 0.99 * slots)).toBe(0);
  });

  it('has ends', () => {
    expect([erlangBIntegral(0, 0), erlangBIntegral(0, 5), erlangBIntegral(5, 0)]).toEqual([1, 1, 0]);
    expect([erlangBIntegral(5, Number.POSITIVE_INFINITY), erlangBIntegral(5, 1e-300)]).toEqual([1, 0]);
    expectClose(erlangBIntegral(5, 1e300), 1, 1e-9);
  });
});
