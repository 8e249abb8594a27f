import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { burstLoss } from './burst-loss.ts';
import { erlangB } from './erlang.ts';

const slotCounts = fc.integer({ min: 1, max: 200 });
const loads = fc.double({ min: 0.5, max: 300, noNaN: true });

describe('the loss of bursts', () => {
  it('is that of the loss formula where each is of one', () => {
    fc.assert(
      fc.property(slotCounts, loads, (slots, erlangs) => {
        const expected = erlangB(slots, erlangs);
        expect(Math.abs(burstLoss(slots, erlangs, 1) - expected)).toBeLessThan(1e-15 + 1e-9 * expected);
      }),
    );
  });

  it('is what the balance of one and of two slots says', () => {
    // One slot, bursts of two: of each burst one is lost at least; π(1) = a/2·π(0).
    expect(burstLoss(1, 1, 2)).toBeCloseTo(1 - 0.5 / 1.5, 12);
    // Two slots, bursts of two: π(1) = a/2·π(0), 2·π(2) = a/2·(π(0) + π(1)).
    const [none, one, two] = [1, 0.5, 0.375];
    expect(burstLoss(2, 1, 2)).toBeCloseTo(1 - (one + 2 * two) / (none + one + two), 12);
    expect(burstLoss(0, 5, 3)).toBe(1);
  });

  it('is at least what of each burst has no room in an empty lane', () => {
    expect(burstLoss(8, 0.001, 50)).toBeCloseTo(42 / 50, 3);
    expect(burstLoss(8, 0.001, Number.MAX_SAFE_INTEGER)).toBeCloseTo(1, 12);
  });

  it('grows with the size of bursts, also between whole ones', () => {
    fc.assert(
      fc.property(slotCounts, loads, fc.double({ min: 1, max: 60, noNaN: true }), (slots, erlangs, size) => {
        const [less, more] = [burstLoss(slots, erlangs, size), burstLoss(slots, erlangs, size + 0.5)];
        expect(more).toBeGreaterThanOrEqual(less - 1e-12);
        expect(more).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('is a probability for whole lanes, be they idle or overrun', () => {
    expect(burstLoss(28_232, 27_000, 50)).toBeGreaterThan(erlangB(28_232, 27_000));
    expect(burstLoss(28_232, 27_000, 50)).toBeLessThan(0.01);
    expect(burstLoss(28_232, 10 * 28_232, 50)).toBeCloseTo(0.9, 3);
    expect(burstLoss(28_232, 1, 50)).toBeCloseTo(0, 15);
  });
});
