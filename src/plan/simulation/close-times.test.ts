import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CloseHeap } from './close-heap.ts';
import { CloseTimes } from './close-times.ts';
import { momentAt } from './moment.ts';

/** Of so many connections as are held, and of many more or less; that live as long as expected, and far longer or shorter. */
const KINDS: readonly (readonly [string, () => CloseHeap | CloseTimes])[] = [
  ['a heap', () => new CloseHeap()],
  ['buckets', () => new CloseTimes(500, 150)],
  ['far too long buckets', () => new CloseTimes(1, 10_000)],
  ['far too short buckets', () => new CloseTimes(10_000, 0.01)],
  ['buckets of no time', () => new CloseTimes(0, 0)],
];

describe.each(KINDS)('connections in %s', (_, create) => {
  it('are closed as in a sorted list, and there is room for no more than must be', () => {
    const gap = fc.constantFrom(0, 1, 8, 100);
    const times = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 60 });
    fc.assert(
      fc.property(fc.array(fc.record({ gap, times }), { maxLength: 40 }), (steps) => {
        const connections = create();
        const closedAt = momentAt(0);
        let open: { time: number; tag: number }[] = [];
        let [now, most] = [0, 0];
        for (const { gap, times } of steps) {
          for (const seconds of times) {
            connections.push(open.length, momentAt(now + seconds));
            open.push({ time: now + seconds, tag: open.length });
          }
          most = Math.max(most, open.length);
          now += gap;
          const closed: { time: number; tag: number }[] = [];
          while (connections.isDue(momentAt(now))) {
            const tag = connections.shift(closedAt);
            closed.push({ time: closedAt[0] as number, tag });
          }
          const due = open.filter(({ time }) => time <= now).sort(byTimeAndTag);
          open = open.filter(({ time }) => time > now);
          expect(closed.map(({ time }) => time)).toEqual(due.map(({ time }) => time));
          expect(closed.sort(byTimeAndTag)).toEqual(due);
        }
        expect(connections.capacity).toBeLessThanOrEqual(2 * Math.max(64, 2 * most));
      }),
    );
  });
});

function byTimeAndTag(a: { time: number; tag: number }, b: { time: number; tag: number }): number {
  return a.time - b.time || a.tag - b.tag;
}
