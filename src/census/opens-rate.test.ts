import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { opensFromAges, type TimeWaitAges } from './opens-rate.ts';

const ages = (more: Partial<TimeWaitAges>): TimeWaitAges => ({
  timeWait: 1_000,
  ageUnknown: 0,
  closedInLastSecond: 0,
  closedInLastTen: 0,
  oldestMs: 60_000,
  ...more,
});

/** A lane that closes at an even pace: the ages of its sockets in milliseconds, youngest first. */
function steady(perSecond: number, seconds: number): TimeWaitAges {
  const all = Array.from(
    { length: Math.round(perSecond * seconds) },
    (_, index) => ((index + 0.5) * 1_000) / perSecond,
  );
  return ages({
    timeWait: all.length,
    closedInLastSecond: all.filter((age) => age < 1_000).length,
    closedInLastTen: all.filter((age) => age < 10_000).length,
    oldestMs: all.at(-1) ?? 0,
  });
}

describe('the opens per second', () => {
  it('are those of an even pace, to within one close of the window', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 12, max: 60 }), (perSecond, seconds) => {
        const rate = opensFromAges(steady(perSecond, seconds), false);
        expect(Math.abs((rate as number) - perSecond)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('are of the time since the oldest close where that is less than ten seconds ago', () => {
    expect(
      opensFromAges(ages({ timeWait: 40, closedInLastSecond: 10, closedInLastTen: 40, oldestMs: 4_000 }), false),
    ).toBe(10);
    expect(opensFromAges(ages({ timeWait: 3, closedInLastSecond: 3, closedInLastTen: 3, oldestMs: 20 }), false)).toBe(
      3,
    );
  });

  it('are of the last second where reuse takes away, or may, what is older', () => {
    const old = ages({ closedInLastSecond: 40, closedInLastTen: 900 });
    expect([true, null, false].map((reused) => opensFromAges(old, reused))).toEqual([40, 40, 90]);
  });

  it('are of the last second where that has a hundred closes', () => {
    expect(opensFromAges(ages({ closedInLastSecond: 99, closedInLastTen: 500 }), false)).toBe(50);
    expect(opensFromAges(ages({ closedInLastSecond: 100, closedInLastTen: 500 }), false)).toBe(100);
  });

  it('are none where all closes are older than the window', () => {
    expect(opensFromAges(ages({ oldestMs: 59_000 }), false)).toBe(0);
  });

  it('are not known where no socket is in TIME_WAIT, or its age is not known', () => {
    expect(opensFromAges(ages({ timeWait: 0 }), false)).toBeNull();
    expect(opensFromAges(ages({ ageUnknown: 1, closedInLastTen: 10 }), false)).toBeNull();
  });
});
