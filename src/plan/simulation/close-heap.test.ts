import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CloseHeap } from './close-heap.ts';
import { momentAt } from './moment.ts';

it('closes connections as a sorted list would, and has room for no more than it must', () => {
  const times = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 60 });
  fc.assert(
    fc.property(fc.array(times, { maxLength: 40 }), (steps) => {
      const heap = new CloseHeap();
      let open: { time: number; lane: number }[] = [];
      let most = 0;
      for (const [step, added] of steps.entries()) {
        for (const time of added) {
          heap.push(open.length, momentAt(time));
          open.push({ time, lane: open.length });
        }
        most = Math.max(most, open.length);
        const until = step * 8;
        const closed: { time: number; lane: number }[] = [];
        const closedAt = momentAt(0);
        while (heap.isDue(momentAt(until))) {
          const lane = heap.shift(closedAt);
          closed.push({ time: closedAt[0] as number, lane });
        }
        const due = open.filter(({ time }) => time <= until).sort(byTimeAndLane);
        open = open.filter(({ time }) => time > until);
        expect(closed.map(({ time }) => time)).toEqual(due.map(({ time }) => time));
        expect(closed.sort(byTimeAndLane)).toEqual(due);
      }
      expect(heap.capacity).toBeLessThanOrEqual(Math.max(64, 2 * most));
    }),
  );
});

function byTimeAndLane(a: { time: number; lane: number }, b: { time: number; lane: number }): number {
  return a.time - b.time || a.lane - b.lane;
}
