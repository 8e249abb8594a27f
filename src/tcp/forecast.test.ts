import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forecast, type LaneLoad } from './forecast.ts';

const TIME_WAIT_SECONDS = 60;
const GRANULE_SECONDS = 2.048;

function load(more: Partial<LaneLoad> = {}): LaneLoad {
  const opensPerSecond = more.opensPerSecond ?? 100;
  return {
    ...{ slots: 28_232, held: 0, cliffAt: null, opensPerSecond },
    ...{ freedAtOncePerSecond: 0, heldAfterClosePerSecond: opensPerSecond },
    ...{ afterCloseSeconds: TIME_WAIT_SECONDS, releases: [], granuleSeconds: 0 },
    ...more,
  };
}

const rate = fc.double({ min: 0.5, max: 2_000, noNaN: true });
const curve = fc.array(fc.nat(400), { minLength: 61, maxLength: 61 });
const sum = (counts: ArrayLike<number>): number => Array.from(counts).reduce((total, count) => total + count, 0);
const orNever = (seconds: number | null): number => seconds ?? Number.POSITIVE_INFINITY;

describe('a forecast', () => {
  it('fills an empty lane at the pace of its opens, until what was closed first comes free', () => {
    const lane = load({ slots: 1_000, opensPerSecond: 40, cliffAt: 500 });
    expect(forecast(lane)).toEqual({ secondsToCliff: 12.5, secondsToExhaustion: 25, settlesAt: null });
    expect(forecast({ ...lane, slots: 2_401 })).toMatchObject({ secondsToExhaustion: null, settlesAt: 2_400 / 2_401 });
    expect(forecast({ ...lane, slots: 2_400 }).secondsToExhaustion).toBeCloseTo(60, 9);
  });

  it('counts what is free at once where reuse or the other end frees it', () => {
    const lane = load({ slots: 1_000, held: 50, opensPerSecond: 40, freedAtOncePerSecond: 30 });
    expect(forecast({ ...lane, heldAfterClosePerSecond: 10 })).toMatchObject({ settlesAt: (50 + 10 * 60) / 1_000 });
    expect(forecast({ ...lane, freedAtOncePerSecond: 40, heldAfterClosePerSecond: 0 }).settlesAt).toBe(0.05);
  });

  it('goes on with what opens and never closes', () => {
    const leak = load({ slots: 1_000, held: 100, opensPerSecond: 2, heldAfterClosePerSecond: 0, cliffAt: 500 });
    expect(forecast(leak)).toEqual({ secondsToCliff: 200, secondsToExhaustion: 450, settlesAt: null });
  });

  it('says nothing of where a lane settles of which more close than open', () => {
    const lane = load({ held: 100, opensPerSecond: 10, heldAfterClosePerSecond: 20 });
    expect(forecast(lane)).toEqual({ secondsToCliff: null, secondsToExhaustion: null, settlesAt: null });
  });

  it('has zeros where the lane is past the cliff, or exhausted, already', () => {
    const lane = load({ slots: 1_000, held: 600, cliffAt: 600, opensPerSecond: 0 });
    expect(forecast(lane)).toMatchObject({ secondsToCliff: 0, secondsToExhaustion: null, settlesAt: 0.6 });
    expect(forecast({ ...lane, held: 1_000 })).toMatchObject({ secondsToExhaustion: 0, settlesAt: null });
  });

  it('settles at zero where nothing opens any more and all is released', () => {
    const releases = new Array<number>(61).fill(10);
    expect(forecast(load({ held: 610, opensPerSecond: 0, releases })).settlesAt).toBe(0);
  });

  it('calls a lane exhausted whose mean leaves a few slots, and whose peak before a granule ends leaves none', () => {
    const steady = (slots: number): LaneLoad =>
      load({ slots, opensPerSecond: 100, afterCloseSeconds: 61, granuleSeconds: 2 });
    expect(forecast(steady(6_300))).toMatchObject({ secondsToExhaustion: null, settlesAt: 6_100 / 6_300 });
    expect(forecast(steady(6_150)).secondsToExhaustion).toBeCloseTo(61.5, 9);
  });

  it('never comes later under a higher rate, or with more slots held', () => {
    fc.assert(
      fc.property(curve, rate, fc.double({ min: 1, max: 3, noNaN: true }), fc.nat(9_000), fc.nat(3_000), (...given) => {
        const [releases, opensPerSecond, factor, live, more] = given;
        const lane = { releases, held: sum(releases) + live, slots: 40_000, cliffAt: 20_000 };
        const found = forecast(load({ ...lane, opensPerSecond }));
        const others = [
          forecast(load({ ...lane, opensPerSecond: opensPerSecond * factor })),
          forecast(load({ ...lane, opensPerSecond, held: lane.held + more })),
        ];
        for (const other of others) {
          const tolerance = 1e-6;
          expect(orNever(other.secondsToCliff)).toBeLessThanOrEqual(orNever(found.secondsToCliff) + tolerance);
          expect(orNever(other.secondsToExhaustion)).toBeLessThanOrEqual(
            orNever(found.secondsToExhaustion) + tolerance,
          );
          expect(other.settlesAt ?? 1).toBeGreaterThanOrEqual((found.settlesAt ?? 1) - tolerance);
        }
      }),
    );
  });

  it("settles by Little's law, whatever was closed before, and then never runs out", () => {
    fc.assert(
      fc.property(curve, rate, fc.nat(5_000), (releases, opensPerSecond, live) => {
        const slots = 1_000_000;
        const found = forecast(load({ slots, releases, held: sum(releases) + live, opensPerSecond }));
        expect(found.secondsToExhaustion).toBeNull();
        expect(found.settlesAt).toBeCloseTo((live + opensPerSecond * TIME_WAIT_SECONDS) / slots, 9);
      }),
    );
  });
});

/** A lane whose connections are opened at an even pace, or at two, one after the other, simulated one by one. */
interface Simulated {
  readonly slots: number;
  /** The rate before a moment, and from then on. */
  readonly before: number;
  readonly after: number;
  readonly changesAt: number;
  readonly holdSeconds: number;
  /** When the census is taken. */
  readonly at: number;
}

const simulated: fc.Arbitrary<Simulated> = fc
  .record({
    slots: fc.integer({ min: 5_000, max: 30_000 }),
    before: fc.integer({ min: 50, max: 400 }),
    after: fc.integer({ min: 50, max: 700 }),
    changesAt: fc.integer({ min: 1, max: 150 }),
    holdSeconds: fc.constantFrom(0, 0.5, 3, 10),
    at: fc.nat(40),
  })
  .map((lane) => ({ ...lane, at: lane.changesAt + lane.holdSeconds + lane.at }));

interface Outcome {
  /** What a census at the moment tells. */
  readonly load: LaneLoad;
  /** When a connection finds no slot, seconds after the census; null where none does. */
  readonly exhausted: number | null;
  /** Slots held in the end, where none found no slot. */
  readonly settled: number;
}

/** @param lateSeconds how long after its time a slot is released */
function simulate(lane: Simulated, lateSeconds = 0): Outcome {
  const horizon = lane.at + 200;
  const opens: number[] = [];
  for (let time = 0; time < horizon; time += 1 / (time < lane.changesAt ? lane.before : lane.after)) opens.push(time);
  const freedAt = (open: number): number => open + lane.holdSeconds + TIME_WAIT_SECONDS + lateSeconds;
  let freed = 0;
  let settled = 0;
  let exhausted: number | null = null;
  for (const [index, open] of opens.entries()) {
    while (freedAt(opens[freed] as number) <= open) freed += 1;
    settled = index - freed;
    if (settled < lane.slots) continue;
    exhausted = open - lane.at;
    break;
  }
  const releases = new Array<number>(61).fill(0);
  let held = 0;
  for (const open of opens) {
    if (open > lane.at) break;
    if (freedAt(open) <= lane.at) continue;
    held += 1;
    const closed = open + lane.holdSeconds;
    if (closed > lane.at) continue;
    const second = Math.max(0, Math.floor(closed + TIME_WAIT_SECONDS - lane.at));
    releases[second] = (releases[second] as number) + 1;
  }
  const given = { slots: lane.slots, held, opensPerSecond: lane.after, releases };
  return { load: load({ ...given, afterCloseSeconds: TIME_WAIT_SECONDS + lateSeconds }), exhausted, settled };
}

describe('a forecast from a census of simulated sockets', () => {
  it('agrees with what becomes of them: when they run out, or at what level they settle', () => {
    const seen = { exhausted: 0, settled: 0 };
    fc.assert(
      fc.property(simulated, (lane) => {
        const { load: census, exhausted, settled } = simulate(lane);
        fc.pre(exhausted === null || exhausted > 1);
        const found = forecast(census);
        seen[exhausted === null ? 'settled' : 'exhausted'] += 1;
        if (exhausted !== null) {
          // A slot's release is known to the second.
          expect(Math.abs((found.secondsToExhaustion as number) - exhausted)).toBeLessThan(0.02 * exhausted + 0.1);
        } else {
          expect(found.secondsToExhaustion).toBeNull();
          expect(Math.abs((found.settlesAt as number) * lane.slots - settled)).toBeLessThan(0.02 * settled);
        }
      }),
    );
    expect(Math.min(seen.exhausted, seen.settled)).toBeGreaterThan(5);
  });

  it('lies between what becomes of them if every release is in time, and if every one is late by a granule', () => {
    fc.assert(
      fc.property(simulated, (lane) => {
        const inTime = simulate(lane);
        const late = simulate(lane, GRANULE_SECONDS);
        // What matters is the future: what is held at the moment is the same in both.
        fc.pre(late.exhausted === null || late.exhausted > 1);
        const afterCloseSeconds = TIME_WAIT_SECONDS + GRANULE_SECONDS / 2;
        const found = forecast({ ...inTime.load, afterCloseSeconds, granuleSeconds: GRANULE_SECONDS });
        const seconds = orNever(found.secondsToExhaustion);
        expect(seconds).toBeLessThanOrEqual(orNever(inTime.exhausted) * 1.02 + 0.1);
        if (lane.at < TIME_WAIT_SECONDS) expect(seconds).toBeGreaterThanOrEqual(orNever(late.exhausted) * 0.98 - 0.1);
      }),
    );
  });
});
