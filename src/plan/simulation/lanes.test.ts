import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HashLanes } from './hash-lanes.ts';
import { type LaneShape, type Lanes, NO_SLOT, RandomLanes, RoundRobinLanes } from './lanes.ts';
import { LeastUsedLanes } from './least-used-lanes.ts';
import { Random } from './random.ts';

const SLOTS = 5;

function shape(lanes: number): LaneShape {
  return { lanes, slotsPerLane: SLOTS, firstPassPorts: 3 };
}

describe('the slots of a lane', () => {
  it('are taken from the first half as long as one is free there, then from the second, then not at all', () => {
    const lanes = new RoundRobinLanes(shape(2));
    expect(Array.from({ length: 6 }, () => lanes.take(1))).toEqual([2, 2, 2, 3, 3, NO_SLOT]);
    expect([[...lanes.used], lanes.totalUsed]).toEqual([[0, 0, 3, 2], 5]);
    lanes.release(3);
    lanes.release(2);
    expect([lanes.take(1), lanes.take(1), lanes.take(1), lanes.take(0)]).toEqual([2, 3, NO_SLOT, 0]);
  });
});

describe('the choice of a lane', () => {
  it('is a lane that is used least, those that wait not counted, whatever was taken and given back', () => {
    const kinds = fc.constantFrom('take', 'release', 'idle', 'wake');
    const steps = fc.array(fc.tuple(kinds, fc.nat(100)), { maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), steps, (count, wanted) => {
        const lanes = new LeastUsedLanes(shape(count));
        const busy: number[] = [];
        const waiting: number[] = [];
        const load = (lane: number): number => busy.filter((half) => half >> 1 === lane).length;
        for (const [kind, number] of wanted) {
          const from = kind === 'wake' ? waiting : busy;
          const [half] = kind === 'take' ? [] : from.splice(number % Math.max(1, from.length), 1);
          if (kind === 'take') {
            const lane = lanes.choose();
            expect(load(lane)).toBe(Math.min(...Array.from({ length: count }, (_, other) => load(other))));
            const taken = lanes.take(lane);
            if (taken !== NO_SLOT) busy.push(taken);
          } else if (half !== undefined) {
            if (kind === 'release') lanes.release(half);
            else lanes[kind](half >> 1);
            if (kind === 'idle') waiting.push(half);
            if (kind === 'wake') busy.push(half);
          }
          expect(lanes.totalUsed).toBe(busy.length + waiting.length);
        }
      }),
    );
  });

  it('takes turns', () => {
    expect(choices(new RoundRobinLanes(shape(3)), 7)).toEqual([0, 1, 2, 0, 1, 2, 0]);
    expect(choices(new RoundRobinLanes(shape(1)), 2)).toEqual([0, 0]);
  });

  it('is random: every lane, about equally often', () => {
    const counts = countsOf(choices(new RandomLanes(shape(4), Random.seeded(1)), 40_000));
    // Five standard deviations.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(7_500));
  });

  it('is by hash: one lane for one key, again and again; all about equally often where there are many keys', () => {
    const alone = new HashLanes(shape(4), 1, Random.seeded(1));
    expect(new Set(choices(alone, 100)).size).toBe(1);
    const two = new HashLanes(shape(1_000), 2, Random.seeded(1));
    for (let index = 0; index < 20; index += 1) expect(two.choose()).toBe(two.chooseAgain());
    expect(new Set(choices(two, 100)).size).toBe(2);
    const counts = countsOf(choices(new HashLanes(shape(4), 1e6, Random.seeded(1)), 40_000));
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(7_500));
  });

  it('is by another hash for another seed', () => {
    const lanes = [1, 2, 3, 4, 5].map((seed) => new HashLanes(shape(1_000), 1, Random.seeded(seed)).choose());
    expect(new Set(lanes).size).toBeGreaterThan(3);
  });
});

function choices(lanes: Lanes, count: number): number[] {
  return Array.from({ length: count }, () => lanes.choose());
}

function countsOf(lanes: readonly number[]): number[] {
  const counts = new Array<number>(4).fill(0);
  for (const lane of lanes) counts[lane] = (counts[lane] as number) + 1;
  return counts;
}
