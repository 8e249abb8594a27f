import { describe, expect, it } from 'vitest';
import { meanTimerSeconds, meanTimersInTurnSeconds, timerGranuleSeconds } from './timer-wheel.ts';

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

describe('timers of the kernel, one after the other', () => {
  // The first goes off at the end of a granule; as coarse a one is then as late each time.
  it.each([
    [250, [], 0],
    [250, [1], 1.016],
    [250, [1, 1, 1], 1.016 + 2 * 1.024],
    [250, [1, 2], 1.016 + 2.016],
    [250, [1, 2, 4], 1.016 + 2.016 + 4.128],
    [1_000, [1, 2], 1.032 + 2.048],
  ])('at %d ticks a second, of %j s, take %d s', (ticks, timers, seconds) => {
    expect(meanTimersInTurnSeconds(timers, ticks)).toBeCloseTo(seconds, 9);
  });

  it.each([100, 250, 300, 1_000])('are late by no more than a granule each, at %d ticks a second', (ticks) => {
    const timers = [1, 1, 2, 4, 4];
    const late = meanTimersInTurnSeconds(timers, ticks) - 12;
    expect(late).toBeGreaterThan(0);
    expect(late).toBeLessThan(timers.reduce((sum, timer) => sum + timerGranuleSeconds(timer, ticks), 0));
  });
});
