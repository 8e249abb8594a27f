import { describe, expect, it } from 'vitest';
import { meanTimeWaitSeconds, timeWaitGranuleSeconds } from '../../tcp/time-wait.ts';
import { granuleSeconds, TIME_WAIT_SECONDS, wholeGranules } from './timer-wheel.ts';

describe('the time over which slots are closed', () => {
  it.each([100, 250, 300, 1_000])('is a whole number of granules, two or more, at %d ticks per second', (ticks) => {
    const granule = timeWaitGranuleSeconds(ticks);
    for (const wanted of [0, 3, 7, 100]) {
      const granules = wholeGranules(wanted, granule) / granule;
      expect(granules).toBe(Math.round(granules));
      expect(granules).toBeGreaterThanOrEqual(2);
    }
  });

  it('is as long as is wanted, but for what would take the reader too long', () => {
    expect(wholeGranules(7, 2)).toBe(8);
    expect(wholeGranules(8, 2)).toBe(8);
    expect(wholeGranules(100, 2)).toBe(14);
  });
});

it('the granule of this kernel is the one that the mean of TIME_WAIT is computed with', () => {
  const means = [100, 250, 300, 1_000].map(meanTimeWaitSeconds);
  expect(means.map((mean) => 2 * (mean - TIME_WAIT_SECONDS))).toContainEqual(expect.closeTo(granuleSeconds()));
});
