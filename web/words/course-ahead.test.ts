import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { courseAhead } from './course-ahead.ts';
import { laneLike } from './lane-like.ts';

const held = { slots: 1_000, used: 400 };

describe('what is to come', () => {
  it('goes by the cliff to the end, and ends there', () => {
    const lane = laneLike({ ...held, cliffAt: 500, secondsToCliff: 10, secondsToExhaustion: 60 });
    expect(courseAhead(lane, 120, 60)).toEqual([
      { seconds: 0, held: 400 },
      { seconds: 10, held: 500 },
      { seconds: 60, held: 1_000 },
    ]);
  });

  it('comes to the level that it settles at, and stays', () => {
    expect(courseAhead(laneLike({ ...held, settlesAt: 0.7 }), 120, 60)).toEqual([
      { seconds: 0, held: 400 },
      { seconds: 60, held: 700 },
      { seconds: 120, held: 700 },
    ]);
  });

  it('begins at what connect() cannot take: what is reclaimable is none of it', () => {
    expect(courseAhead(laneLike({ ...held, reclaimable: 300, settlesAt: 0.1 }), 120, 60)[0]?.held).toBe(100);
  });

  it('is nothing where nothing is forecast', () => {
    expect(courseAhead(laneLike(held), 120, 60)).toEqual([]);
  });

  it('is cut where it is looked no further, and never goes back in time', () => {
    const seconds = fc.option(fc.integer({ min: 0, max: 500 }));
    fc.assert(
      fc.property(
        seconds,
        seconds,
        fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
        fc.integer({ min: 1, max: 400 }),
        (secondsToCliff, secondsToExhaustion, settlesAt, limit) => {
          const way = courseAhead(
            laneLike({ ...held, cliffAt: 500, secondsToCliff, secondsToExhaustion, settlesAt }),
            limit,
            60,
          );
          for (const [index, point] of way.entries()) {
            expect(point.seconds).toBeLessThanOrEqual(limit);
            if (index > 0) expect(point.seconds).toBeGreaterThan(way[index - 1]?.seconds ?? 0);
          }
        },
      ),
    );
  });
});
