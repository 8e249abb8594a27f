import { describe, expect, it } from 'vitest';
import { cyclesPerSecond } from './cycles.ts';

describe('the rate of a load that takes each slot as soon as it comes back', () => {
  it('is the slots by the time of a cycle, whether they are taken in a burst or evenly', () => {
    const burst = Float64Array.of(0, 0, 0, 0, 0.5, 0.5, 0.5, 0.5, 1, 1, 1, 1);
    const evenly = Float64Array.from({ length: 40 }, (_, index) => index / 8);
    for (const share of [0, 0.01, 0.5]) {
      expect(cyclesPerSecond(burst, 4, share)).toBe(8);
      expect(cyclesPerSecond(evenly, 4, share)).toBe(8);
    }
  });

  it('is not that of a moment in which the load was held up', () => {
    const held = Float64Array.of(0, 0, 0.5, 0.5, 1, 1.2, 1.7, 1.7, 2.2, 2.2);
    expect(cyclesPerSecond(held, 2, 0.5)).toBeCloseTo(4);
  });

  it('is that of the shortest cycles where the load was held up most of the time', () => {
    const held = Float64Array.of(0, 1.5, 2.5, 4, 6);
    expect(cyclesPerSecond(held, 1, 0.01)).toBe(1);
    expect(cyclesPerSecond(held, 1, 0.5)).toBeCloseTo(1 / 1.5);
  });

  it('is none where no slot was taken twice', () => {
    expect(cyclesPerSecond(Float64Array.of(0, 0.1, 0.2), 3, 0.5)).toBe(0);
  });
});
