import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { burstLoss } from './burst-loss.ts';
import { erlangB } from './erlang.ts';
import { peakedLoss, peakednessOf } from './peaked-loss.ts';

const dispersions = fc.double({ min: 0, max: 100, noNaN: true });
const evennesses = fc.double({ min: 0.05, max: 1, noNaN: true });
const loads = fc.double({ min: 1, max: 300, noNaN: true });

describe('peakedness', () => {
  it('is that of what comes as far as slots are held equally long', () => {
    expect(peakednessOf({ dispersion: 0, evenness: 1 })).toBe(0);
    expect(peakednessOf({ dispersion: 0, evenness: 0.5 })).toBe(0.5);
    expect(peakednessOf({ dispersion: 50, evenness: 0.5 })).toBe(25.5);
    expect(peakednessOf({ dispersion: 1, evenness: 0.123 })).toBe(1);
  });
});

describe('the loss of what does not come at random', () => {
  it('is the loss formula, to the last digit, where it does', () => {
    for (const slots of [0, 1, 100, 28_232]) {
      for (const evenness of [0.5, 1]) {
        const erlangs = 0.98 * slots + 1;
        expect(peakedLoss(slots, erlangs, { dispersion: 1, evenness })).toBe(erlangB(slots, erlangs));
      }
    }
  });

  it('is what is more than the slots where all is even, and nothing else', () => {
    const even = { dispersion: 0, evenness: 1 };
    expect(peakedLoss(100, 100, even)).toBe(0);
    expect(peakedLoss(100, 125, even)).toBeCloseTo(0.2, 12);
    expect(peakedLoss(100, 125, { dispersion: 1e-9, evenness: 1 })).toBeCloseTo(0.2, 6);
    expect(peakedLoss(2.8e11, 2.9e11, even)).toBeCloseTo(1 / 29, 12);
  });

  it('is that of the bursts where a slot is held equally long for each of one', () => {
    // A burst of ten takes ten slots, and gives them back at once: one slot of ten times the width.
    expect(peakedLoss(500, 400, { dispersion: 10, evenness: 1 })).toBeCloseTo(erlangB(50, 40), 8);
  });

  it('is never less than exact where times are exponential', () => {
    for (const size of [2, 10, 50, 200]) {
      const loss = peakedLoss(100, 40, { dispersion: size, evenness: 0.5 });
      const exact = burstLoss(100, 40, size);
      expect(loss).toBeGreaterThanOrEqual(exact);
      expect(loss).toBeLessThan(1.1 * exact);
    }
  });

  it('grows with the load and the peaks, and shrinks with the slots', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        loads,
        dispersions,
        evennesses,
        (slots, erlangs, dispersion, evenness) => {
          const loss = peakedLoss(slots, erlangs, { dispersion, evenness });
          const least = loss * (1 - 1e-7) - 1e-12;
          expect(loss).toBeLessThanOrEqual(1);
          expect(loss).toBeGreaterThanOrEqual(Math.max(0, 1 - slots / erlangs) - 1e-9);
          expect(peakedLoss(slots, 1.1 * erlangs, { dispersion, evenness })).toBeGreaterThanOrEqual(least);
          expect(peakedLoss(slots, erlangs, { dispersion: dispersion + 1, evenness })).toBeGreaterThanOrEqual(least);
          expect(peakedLoss(slots + 1, erlangs, { dispersion, evenness })).toBeLessThanOrEqual(
            loss * (1 + 1e-7) + 1e-12,
          );
        },
      ),
    );
  });

  it('has ends', () => {
    const peaks = { dispersion: 3, evenness: 1 };
    expect([peakedLoss(0, 0, peaks), peakedLoss(0, 5, peaks), peakedLoss(5, 0, peaks)]).toEqual([1, 1, 0]);
  });
});
