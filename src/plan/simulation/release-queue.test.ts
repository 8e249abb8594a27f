import fc from 'fast-check';
import { expect, it } from 'vitest';
import { momentAt } from './moment.ts';
import { ReleaseQueue } from './release-queue.ts';

const DELAY = 60;

it('gives slots back as a plain list would, and has room for no more than it must', () => {
  const gap = fc.double({ min: 0, max: 5, noNaN: true });
  const step = fc.record({ gap, lanes: fc.array(fc.nat(1_000), { maxLength: 40 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const queue = new ReleaseQueue(DELAY);
      const list: { time: number; lane: number }[] = [];
      let [now, most] = [0, 0];
      for (const { gap, lanes } of steps) {
        now += gap;
        const due = list.filter(({ time }) => time <= now).map(({ lane }) => lane);
        list.splice(0, due.length);
        const released: number[] = [];
        while (queue.isDue(momentAt(now))) released.push(queue.shift());
        expect(released).toEqual(due);
        for (const lane of lanes) {
          queue.push(lane, momentAt(now));
          list.push({ time: now + DELAY, lane });
        }
        most = Math.max(most, list.length);
      }
      expect(queue.capacity).toBeLessThanOrEqual(Math.max(64, 2 * most));
    }),
  );
});
