import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { erlangB, erlangsFor } from './erlang.ts';
import { limitedSearchLoss } from './limited-search.ts';

const slotCounts = fc.integer({ min: 1, max: 150 });
const loads = fc.double({ min: 0.01, max: 300, noNaN: true });
const tryCounts = fc.integer({ min: 1, max: 300 });

describe('the loss of a search that is given up', () => {
  it('is what the weights of all states say, where they can be added up', () => {
    fc.assert(
      fc.property(slotCounts, loads, tryCounts, (slots, erlangs, tries) => {
        let [weight, all, refusals] = [1, 1, 0];
        for (let held = 1; held <= slots; held += 1) {
          weight *= (erlangs * (1 - ((held - 1) / slots) ** tries)) / held;
          all += weight;
          refusals += weight * (held / slots) ** tries;
        }
        expect(Math.abs(limitedSearchLoss(slots, tries)(erlangs) - refusals / all)).toBeLessThan(1e-12);
      }),
    );
  });

  it("is Erlang's where all slots are found, and more with fewer tries", () => {
    fc.assert(
      fc.property(slotCounts, loads, tryCounts, (slots, erlangs, tries) => {
        const full = erlangB(slots, erlangs);
        expect(Math.abs(limitedSearchLoss(slots, 1e9)(erlangs) - full)).toBeLessThan(1e-12);
        const loss = limitedSearchLoss(slots, tries)(erlangs);
        expect(loss).toBeGreaterThanOrEqual(full * (1 - 1e-12));
        expect(limitedSearchLoss(slots, tries + 1)(erlangs)).toBeLessThanOrEqual(loss * (1 + 1e-12));
      }),
    );
  });

  it('follows from the mean and its Poisson spread where the slots are many', () => {
    const [slots, tries] = [64_512, 248];
    const loss = limitedSearchLoss(slots, tries);
    const used = 0.9 * slots;
    // The mean of a power: e^(tries²/2·variance/mean²) times the power of the mean.
    const expected = 0.9 ** tries * Math.exp(tries ** 2 / (2 * used));
    expect(loss(used) / expected).toBeCloseTo(1, 1);
    // A search of all slots refuses next to nothing of more.
    expect(erlangB(slots, 0.98 * slots)).toBeLessThan(1e-6);
    expect(loss(0.98 * slots)).toBeGreaterThan(1e-3);
  });

  it('is a probability for a lane that is idle, overrun or has no slot', () => {
    const loss = limitedSearchLoss(64_512, 248);
    expect([loss(0), loss(Number.POSITIVE_INFINITY)]).toEqual([0, 1]);
    expect(loss(645_120)).toBeCloseTo(0.9, 2);
    expect([limitedSearchLoss(0, 248)(0), limitedSearchLoss(0, 248)(5)]).toEqual([1, 1]);
  });

  it('is turned round by the load for a loss', () => {
    const [slots, probability] = [1_000, 1e-6];
    const loss = limitedSearchLoss(slots, 248);
    const erlangs = erlangsFor(slots, probability, loss);
    expect(loss(erlangs) / probability).toBeCloseTo(1, 6);
    expect(erlangs).toBeLessThan(erlangsFor(slots, probability));
  });
});
