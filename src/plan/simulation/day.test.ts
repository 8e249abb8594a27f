import { describe, expect, it } from 'vitest';
import { DayArrivals } from './day-arrivals.ts';
import { DAY_SECONDS, DayCurve } from './day-curve.ts';
import { Random } from './random.ts';
import { simulate } from './simulate.ts';

const HOUR = 3_600;
/** Midnight, six, noon and eighteen o'clock. */
const SHARES = [0, 0.5, 2, 0.5];

describe('the curve of a day', () => {
  const curve = new DayCurve(SHARES);

  it.each([
    [0, 0],
    [3, 0.25],
    [6, 0.5],
    [9, 1.25],
    [12, 2],
    [21, 0.25],
    [24, 0],
    [30, 0.5],
    [24 * 1_000 + 9, 1.25],
  ])('has at %d hours a share of %d', (hours, share) => {
    expect(curve.shareAt(hours * HOUR)).toBeCloseTo(share, 9);
  });

  it.each([
    [2, 11],
    [0.5, 11.75],
    [23.5, 0.25],
    [24, 0],
    [100, 0],
  ])('is simulated for %d hours from %d hours on', (hours, from) => {
    expect(curve.begins(hours * HOUR)).toBeCloseTo(from * HOUR, 6);
  });

  it('is simulated over midnight where its peak is there', () => {
    expect(new DayCurve([1, 0]).begins(2 * HOUR)).toBe(23 * HOUR);
  });
});

describe('arrivals over a day', () => {
  it('come as the curve says, hour by hour, every day', () => {
    const curve = new DayCurve(SHARES);
    const arrivals = new DayArrivals(1, curve, 0, Random.seeded(1));
    const counts = new Array<number>(24).fill(0);
    const days = 4;
    for (; (arrivals.time[0] as number) < days * DAY_SECONDS; arrivals.advance()) {
      const hour = Math.floor((arrivals.time[0] as number) / HOUR) % 24;
      counts[hour] = (counts[hour] as number) + 1;
    }
    for (const [hour, count] of counts.entries()) {
      const expected = days * HOUR * curve.shareAt((hour + 0.5) * HOUR);
      expect(Math.abs(count - expected)).toBeLessThan(5 * Math.sqrt(expected));
    }
  });

  it('are as far from each other at a steady rate as any that come at random', () => {
    const arrivals = new DayArrivals(10, new DayCurve([0.5]), 0, Random.seeded(1));
    let [squares, count] = [0, 0];
    let before = 0;
    for (; (arrivals.time[0] as number) < 10_000; arrivals.advance()) {
      squares += ((arrivals.time[0] as number) - before) ** 2;
      before = arrivals.time[0] as number;
      count += 1;
    }
    expect(count / 50_000).toBeCloseTo(1, 1);
    // Of an exponential distribution the mean of the squares is twice the square of the mean.
    expect(squares / count / (2 * 0.2 ** 2)).toBeCloseTo(1, 1);
  });

  it('are simulated around the peak where the time is short, and over all of the day where it is not', () => {
    const tier = {
      ...{ lanes: 1, slotsPerLane: 1_000, opensPerSecond: 2, pattern: { kind: 'day', shares: SHARES } as const },
      ...{ holdSeconds: 1, hold: { kind: 'constant' } as const, afterCloseSeconds: 1, retries: 0 },
      laneChoice: { kind: 'random' } as const,
    };
    const [hours, days] = [HOUR, 2 * DAY_SECONDS].map((seconds) => {
      const { attempts } = simulate(tier, { seconds, warmUpSeconds: 0, seed: 1 });
      return attempts / seconds / tier.opensPerSecond;
    });
    // From half an hour before noon to half an hour after it 1.94 on average; over the day 0.75.
    expect(hours).toBeCloseTo(1.94, 1);
    expect(days).toBeCloseTo(0.75, 2);
  });
});
