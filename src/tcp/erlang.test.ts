import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { erlangB, erlangsFor } from './erlang.ts';

/** Loss probabilities to four digits, from the tables that telephone engineers print. */
const PROBABILITIES = [
  [1, 1, 0.5],
  [2, 1, 0.2],
  [10, 5, 0.0184],
  [100, 90, 0.027],
] as const;

/** Erlangs that so many trunks carry with that loss, as such tables have them. */
const LOADS = [
  [10, 0.01, 4.46],
  [10, 0.001, 3.09],
  [50, 0.01, 37.9],
  [100, 0.01, 84.1],
  [100, 0.001, 75.2],
  [20, 0.02, 13.2],
  [100, 0.02, 88.0],
] as const;

/** The formula as Erlang wrote it; good for a few slots only. */
function byFactorials(slots: number, erlangs: number): number {
  let [term, sum] = [1, 1];
  for (let used = 1; used <= slots; used += 1) {
    term *= erlangs / used;
    sum += term;
  }
  return term / sum;
}

const slotCounts = fc.integer({ min: 1, max: 120 });
const loads = fc.double({ min: 1, max: 200, noNaN: true });

describe('the loss formula', () => {
  it.each(PROBABILITIES)('is that of the tables for %d slots and %d erlangs', (slots, erlangs, probability) => {
    expect(erlangB(slots, erlangs)).toBeCloseTo(probability, 4);
  });

  it.each(LOADS)('lets %d slots with a loss of %d carry what the tables say', (slots, probability, erlangs) => {
    expect(Number(erlangsFor(slots, probability).toPrecision(3))).toBe(erlangs);
  });

  it('is the one with factorials where that can be computed', () => {
    fc.assert(
      fc.property(slotCounts, loads, (slots, erlangs) => {
        const probability = byFactorials(slots, erlangs);
        expect(Math.abs(erlangB(slots, erlangs) / probability - 1)).toBeLessThan(1e-9);
      }),
    );
  });

  it('is a probability for a whole lane, be it idle, full or overrun', () => {
    const slots = 28_232;
    expect(erlangB(slots, 0)).toBe(0);
    expect(erlangB(slots, 1)).toBe(0);
    expect(erlangB(slots, 27_000)).toBeGreaterThan(0);
    expect(erlangB(slots, 27_000)).toBeLessThan(1e-9);
    // About sqrt(2 / (π c)) where the load equals the slots.
    expect(erlangB(slots, slots)).toBeCloseTo(Math.sqrt(2 / (Math.PI * slots)), 4);
    // All that is more than the slots is refused.
    expect(erlangB(slots, 10 * slots)).toBeCloseTo(0.9, 4);
    expect(erlangB(slots, Number.POSITIVE_INFINITY)).toBe(1);
    expect([erlangB(0, 5), erlangB(0, 0), erlangB(5, 0)]).toEqual([1, 1, 0]);
  });

  it('grows with the load and shrinks with the slots', () => {
    fc.assert(
      fc.property(slotCounts, loads, (slots, erlangs) => {
        const probability = erlangB(slots, erlangs);
        expect(erlangB(slots, erlangs * 1.1)).toBeGreaterThan(probability);
        expect(erlangB(slots + 1, erlangs)).toBeLessThan(probability);
      }),
    );
  });

  it('is turned round by the load for a loss', () => {
    fc.assert(
      fc.property(slotCounts, fc.double({ min: 1e-9, max: 0.9, noNaN: true }), (slots, probability) => {
        expect(Math.abs(erlangB(slots, erlangsFor(slots, probability)) / probability - 1)).toBeLessThan(1e-9);
      }),
    );
  });
});
