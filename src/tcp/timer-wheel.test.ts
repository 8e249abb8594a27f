import { describe, expect, it } from 'vitest';
import { meanTimerSeconds, timerGranuleSeconds } from './timer-wheel.ts';

describe('a timer of the kernel', () => {
  // kernel/time/timer.c, the tables at its head: granularity and range of each level.
  it.each([
    [250, 0.248, 0.004],
    [250, 0.252, 0.032],
    [250, 1, 0.032],
    [250, 2.012, 0.032],
    [250, 2.016, 0.256],
    [250, 15, 0.256],
    [1_000, 0.063, 0.008],
    [1_000, 1, 0.064],
    [1_000, 15, 0.512],
    [100, 60, 5.12],
    [null, 60, 2.048],
  ])('at %o ticks a second, of %d s, ends at whole granules of %d s', (ticks, seconds, granule) => {
    expect(timerGranuleSeconds(seconds, ticks)).toBeCloseTo(granule, 9);
    expect(meanTimerSeconds(seconds, ticks)).toBeCloseTo(seconds + granule / 2, 9);
  });
});
