import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LaneOrder, selectFullest } from './fullest.ts';

/** Few values of each kind, so that lanes are often equally full. */
const anyLane = fc.record({ fullness: fc.constantFrom(0, 0.25, 0.5, 1), used: fc.nat(3), rank: fc.nat(5) });
interface Lane {
  readonly fullness: number;
  readonly used: number;
  readonly rank: number;
}

function orderOf(lanes: readonly Lane[]): LaneOrder {
  const lane = (index: number): Lane => lanes[index] as Lane;
  return {
    laneCount: lanes.length,
    fullness: (index) => lane(index).fullness,
    used: (index) => lane(index).used,
    compare: (a, b) => lane(a).rank - lane(b).rank || a - b,
  };
}

/** All lanes sorted, and cut. */
function sorted(lanes: readonly Lane[], limit: number, matches: (lane: number) => boolean): number[] {
  const order = orderOf(lanes);
  return lanes
    .map((_, index) => index)
    .filter(matches)
    .sort((a, b) => order.fullness(b) - order.fullness(a) || order.used(b) - order.used(a) || order.compare(a, b))
    .slice(0, limit);
}

describe('the fullest lanes', () => {
  it('are the first of all lanes, sorted by how full they are, how much is used, and their addresses', () => {
    fc.assert(
      fc.property(fc.array(anyLane, { maxLength: 40 }), fc.nat(45), fc.nat(3), (lanes, limit, part) => {
        const matches = (lane: number): boolean => part === 0 || lane % part === 0;
        expect(selectFullest(orderOf(lanes), limit, matches)).toEqual(sorted(lanes, limit, matches));
        expect(selectFullest(orderOf(lanes), limit)).toEqual(sorted(lanes, limit, () => true));
      }),
    );
  });

  // Up to 1000 are picked one by one, more are sorted.
  it.each([0, 1, 20, 999, 1_000, 1_001, 2_000, Number.POSITIVE_INFINITY])(
    'are the same whichever way they are found: %d',
    (limit) => {
      const lanes = Array.from({ length: 1_100 }, (_, index) => ({
        fullness: ((index * 7919) % 97) / 97,
        used: (index * 31) % 5,
        rank: (index * 17) % 3,
      }));
      expect(selectFullest(orderOf(lanes), limit)).toEqual(sorted(lanes, limit, () => true));
    },
  );
});
