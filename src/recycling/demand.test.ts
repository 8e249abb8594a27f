import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { opensPerSecond, slotsToRelease } from './demand.ts';

describe('how many slots are to be released', () => {
  it('is what is above the threshold, where no next look is waited for', () => {
    expect(slotsToRelease(20_000, 14_115, 9_000, 0)).toBe(5_885);
    expect(slotsToRelease(14_115, 14_115, 9_000, 0)).toBe(0);
    expect(slotsToRelease(100, 14_115, 0, 0)).toBe(0);
  });

  it('is, until the next look, what will be above it by then', () => {
    expect(slotsToRelease(14_115, 14_115, 0, 0.5)).toBe(0);
    expect(slotsToRelease(14_115, 14_115, 900, 1)).toBe(900 + 3 * 30);
    expect(slotsToRelease(13_000, 14_115, 1_600, 0.25)).toBe(0);
    expect(slotsToRelease(13_950, 14_115, 1_600, 0.25)).toBe(400 + 3 * 20 - 165);
  });

  it('leaves the lane at the threshold when all that is expected has been opened, and not much below', () => {
    const counts = fc.integer({ min: 0, max: 65_535 });
    const seconds = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(counts, counts, counts, seconds, (used, threshold, rate, ahead) => {
        const opens = rate * ahead;
        const left = used + opens - slotsToRelease(used, threshold, rate, ahead);
        expect(left).toBeLessThanOrEqual(threshold + 1e-6);
        if (left < used + opens) expect(left).toBeGreaterThan(threshold - 3 * Math.sqrt(opens) - 1 - 1e-6);
      }),
    );
  });
});

describe('opens per second between two looks', () => {
  it('are those that live still, and those that have gone to TIME_WAIT', () => {
    expect(opensPerSecond({ seconds: 0.5, liveBefore: 10, live: 14, closed: 46 })).toBe(100);
    expect(opensPerSecond({ seconds: 0.5, liveBefore: 50, live: 0, closed: 50 })).toBe(0);
  });

  it('are none where the other end closed what there was', () => {
    expect(opensPerSecond({ seconds: 1, liveBefore: 50, live: 0, closed: 0 })).toBe(0);
  });
});
