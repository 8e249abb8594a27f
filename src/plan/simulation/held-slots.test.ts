import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HoldDistribution } from '../topology.ts';
import { HeldSlots } from './held-slots.ts';
import { drawHoldSeconds } from './hold-times.ts';
import { momentAt } from './moment.ts';
import { Random } from './random.ts';

const CONNECTIONS = 200_000;
const HOLDS: readonly HoldDistribution[] = [
  { kind: 'constant' },
  { kind: 'exponential' },
  { kind: 'log-normal', deviation: 1 },
];

describe('held slots', () => {
  it.each(HOLDS)('come back when they were said to, as from a plain list: $kind', (hold) => {
    const gaps = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 150 });
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0, max: 3, noNaN: true }), gaps, (seed, afterCloseSeconds, steps) => {
        let released: number[] = [];
        const owner = { release: (lane: number) => released.push(lane) };
        const held = new HeldSlots(owner, 1, drawHoldSeconds(hold, 1, Random.seeded(seed)), afterCloseSeconds);
        let list: { time: number; lane: number }[] = [];
        let now = 0;
        for (const [lane, gap] of steps.entries()) {
          now += gap;
          held.releaseUntil(momentAt(now));
          const due = list.filter(({ time }) => time - 1e-9 <= now).map((slot) => slot.lane);
          expect(released.toSorted()).toEqual(due.toSorted());
          released = [];
          list = list.filter(({ lane }) => !due.includes(lane));
          held.hold(lane, momentAt(now));
          list.push({ time: held.releasesAt[0] as number, lane });
        }
      }),
    );
  });

  it.each(HOLDS)('need memory for those in use, not for all that ever were: $kind', (hold) => {
    let [used, most] = [0, 0];
    const release = (): void => {
      used -= 1;
    };
    const held = new HeldSlots({ release }, 1, drawHoldSeconds(hold, 1, Random.seeded(1)), 1);
    for (let connection = 0; connection < CONNECTIONS; connection += 1) {
      const now = momentAt(connection / 1_000);
      held.releaseUntil(now);
      held.hold(0, now);
      used += 1;
      most = Math.max(most, used);
    }
    expect(most).toBeLessThan(3_000);
    expect(held.capacity).toBeLessThan(4 * most);
  });
});
