import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openRates, opensFromAges, opensFromCurve, type TimeWaitAges } from './opens-rate.ts';

const DELAY_MS = 1_000;

/** What ages in milliseconds tell. */
function agesOf(all: readonly number[], delayMs = DELAY_MS): TimeWaitAges {
  const younger = (limit: number): number => all.filter((age) => age < limit).length;
  return {
    timeWait: all.length,
    ageUnknown: 0,
    closedInLastSecond: younger(1_000),
    closedInLastTen: younger(10_000),
    closedInLastMinute: younger(60_000),
    youngerThanDelay: younger(delayMs),
    oldestMs: Math.max(0, ...all),
  };
}

/** The ages of what closed at an even pace, from so many seconds ago until so many. */
function paced(perSecond: number, fromSeconds: number, untilSeconds = 0): number[] {
  const count = Math.round(perSecond * (fromSeconds - untilSeconds));
  return Array.from({ length: count }, (_, index) => untilSeconds * 1_000 + ((index + 0.5) * 1_000) / perSecond);
}

const opens = (all: readonly number[], reused: boolean | null = false, delayMs = DELAY_MS): number | null =>
  opensFromAges(agesOf(all, delayMs), reused, delayMs);

describe('the opens per second', () => {
  it('are those of an even pace, to within one close of the time that it has had', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 2, max: 60 }), (perSecond, seconds) => {
        const rate = opens(paced(perSecond, seconds)) as number;
        expect(Math.abs(rate - perSecond)).toBeLessThanOrEqual(1 / (seconds - 1 / perSecond));
      }),
    );
  });

  it('are of the time since the oldest close, but of no less than a second', () => {
    expect(opens(paced(10, 4))).toBeCloseTo(10, 0);
    expect(opens([5, 10, 20])).toBe(3);
  });

  it('are as precise as a minute of them allows where chance alone parts the last second from the rest', () => {
    const lastSecond = paced(130, 1);
    const before = paced(100, 60, 1);
    const rate = opens([...lastSecond, ...before]) as number;
    expect(Math.abs(rate - 100)).toBeLessThan(1);
  });

  it('follow a change at once: up, down, and to none', () => {
    const earlier = (perSecond: number): number[] => paced(perSecond, 60, 1);
    expect(opens([...paced(400, 1), ...earlier(200)])).toBe(400);
    expect(opens([...paced(100, 1), ...earlier(200)])).toBe(100);
    expect(opens(earlier(200))).toBe(0);
    expect(opens([...paced(30, 10), ...paced(90, 60, 10)])).toBe(30);
    expect(opens(paced(30, 60, 10))).toBe(0);
    expect(opens(new Array<number>(20).fill(10_000))).toBe(0);
  });

  it('do not follow the last second where it has too few closes to tell', () => {
    const rate = opens([...paced(30, 1), ...paced(10, 60, 1)]) as number;
    expect(Math.abs(rate - 10)).toBeLessThan(3);
  });

  it('are of what reuse does not take over, which is what is younger than the delay', () => {
    const all = [...paced(40, 1), ...paced(90, 60, 1)];
    expect([true, null].map((reused) => opens(all, reused))).toEqual([40, 40]);
    const young = [...paced(40, 0.2), ...paced(10, 60, 0.2)];
    expect(opens(young, true, 200)).toBe(40);
    expect(opens([...paced(40, 3), ...paced(10, 60, 3)], true, 3_000)).toBeCloseTo(40, 6);
  });

  it('are not known where no socket is in TIME_WAIT, its age is not known, or reuse comes too soon to tell', () => {
    expect(opens([])).toBeNull();
    expect(opensFromAges({ ...agesOf([10]), ageUnknown: 1 }, false, DELAY_MS)).toBeNull();
    expect(opens(paced(400, 60), true, 1)).toBeNull();
  });
});

describe('the three rates', () => {
  const rates = (all: readonly number[], reused: boolean | null, delayMs = DELAY_MS) =>
    openRates(agesOf(all, delayMs), reused, delayMs);
  const all = [...paced(400, 1), ...paced(200, 10, 1), ...paced(100, 60, 10)];

  it('are of the last second, ten seconds and minute', () => {
    const { second, tenSeconds, minute } = rates(all, false);
    expect(second).toBe(400);
    expect(tenSeconds).toBeCloseTo(220, 0);
    expect(minute).toBeCloseTo(120, 0);
  });

  it('reach back no further than the reuse delay, and are not known beyond', () => {
    expect(rates(all, true)).toEqual({ second: 400, tenSeconds: null, minute: null });
    expect(rates(all, true, 500)).toEqual({ second: 400, tenSeconds: null, minute: null });
    expect(rates(all, true, 1)).toEqual({ second: null, tenSeconds: null, minute: null });
    expect(rates(all, null, 4_000)).toEqual({ second: 400, tenSeconds: 250, minute: null });
    expect(rates(all, true, 10_000)).toEqual({ second: 400, tenSeconds: 220, minute: null });
    expect(rates(all, true, 60_000)).toEqual(rates(all, false));
  });
});

describe('the opens per second of a release curve', () => {
  const fromCurve = (all: readonly number[]): number => {
    const curve = new Uint16Array(61);
    for (const age of all) {
      const second = Math.floor(Math.max(0, 60_000 - age) / 1_000);
      curve[second] = (curve[second] as number) + 1;
    }
    return opensFromCurve(curve, Math.min(60_000, Math.max(0, ...all)));
  };

  it('are those of an even pace, for as long as it has lasted', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 900 }), fc.integer({ min: 2, max: 60 }), (perSecond, seconds) => {
        expect(Math.abs(fromCurve(paced(perSecond, seconds)) / perSecond - 1)).toBeLessThan(0.5 / seconds + 0.01);
      }),
    );
  });

  it('are those of a load that has begun lately, whatever was long before', () => {
    const begun = fc.integer({ min: 2, max: 40 });
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 900 }), begun, fc.integer({ min: 1, max: 2_000 }), (...given) => {
        const [perSecond, seconds, burst] = given;
        const all = [...paced(perSecond, seconds), ...new Array<number>(burst).fill(55_000)];
        expect(Math.abs(fromCurve(all) / perSecond - 1)).toBeLessThan(0.03);
      }),
    );
  });

  it('do not follow the last second where chance alone parts it from the rest', () => {
    expect(fromCurve([...paced(130, 1), ...paced(100, 60, 1)])).toBeCloseTo(100.5, 1);
    expect(fromCurve([...paced(30, 1), ...paced(10, 60, 1)])).toBeCloseTo(10.3, 1);
    expect(fromCurve([...paced(200, 1), ...paced(100, 60, 1)])).toBe(200);
    expect(fromCurve(paced(100, 60, 1))).toBe(0);
  });

  it('are not of what is overdue', () => {
    const overdue = new Array<number>(400).fill(60_000);
    expect(fromCurve([...paced(100, 60), ...overdue])).toBeCloseTo(100, 0);
  });
});
