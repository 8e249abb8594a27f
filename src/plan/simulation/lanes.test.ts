import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Lanes, LeastUsedLanes, RandomLanes, RoundRobinLanes } from './lanes.ts';
import { Random } from './random.ts';

const SLOTS = 5;

describe('the choice of a lane', () => {
  it('is a lane that is used least, whatever was taken and given back', () => {
    const steps = fc.array(fc.oneof(fc.constant(null), fc.nat(100)), { maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), steps, (count, releases) => {
        const lanes = new LeastUsedLanes(count, SLOTS);
        const used = new Array<number>(count).fill(0);
        for (const release of releases) {
          const held = used.flatMap((slots, lane) => new Array<number>(slots).fill(lane));
          const releasedLane = release === null ? undefined : held[release % held.length];
          if (releasedLane !== undefined) {
            lanes.release(releasedLane);
            used[releasedLane] = (used[releasedLane] as number) - 1;
          } else if (held.length < count * SLOTS) {
            const lane = lanes.choose();
            expect(used[lane]).toBe(Math.min(...used));
            lanes.take(lane);
            used[lane] = (used[lane] as number) + 1;
          }
          expect([...lanes.used]).toEqual(used);
        }
      }),
    );
  });

  it('takes turns', () => {
    expect(choices(new RoundRobinLanes(3), 7)).toEqual([0, 1, 2, 0, 1, 2, 0]);
    expect(choices(new RoundRobinLanes(1), 2)).toEqual([0, 0]);
  });

  it('is random: every lane, about equally often', () => {
    const counts = new Array(4).fill(0);
    for (const lane of choices(new RandomLanes(4, Random.seeded(1)), 40_000)) counts[lane] += 1;
    // Five standard deviations.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(7_500));
  });
});

function choices(lanes: Lanes, count: number): number[] {
  return Array.from({ length: count }, () => lanes.choose());
}
