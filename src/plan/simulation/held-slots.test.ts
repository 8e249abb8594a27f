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
    const seconds = fc.double({ min: 0, max: 3, noNaN: true });
    const gaps = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 150 });
    fc.assert(
      fc.property(fc.nat(), seconds, seconds, gaps, (seed, roundTripSeconds, afterCloseSeconds, steps) => {
        let released: number[] = [];
        const owner = { release: (half: number) => released.push(half) };
        const drawn = drawHoldSeconds(hold, 1, Random.seeded(seed));
        const held = new HeldSlots(owner, { roundTripSeconds, holdSeconds: 1, drawn, afterCloseSeconds, live: 100 });
        let list: { time: number; half: number }[] = [];
        let now = 0;
        for (const [half, gap] of steps.entries()) {
          now += gap;
          held.releaseUntil(momentAt(now));
          const due = list.filter(({ time }) => time - 1e-9 <= now).map((slot) => slot.half);
          expect(released.toSorted()).toEqual(due.toSorted());
          released = [];
          list = list.filter((slot) => !due.includes(slot.half));
          held.hold(half, momentAt(now));
          list.push({ time: now + 2 * roundTripSeconds + (held.lives[0] as number) + afterCloseSeconds, half });
        }
      }),
    );
  });

  it.each(HOLDS)('need memory for those in use, not for all that ever were: $kind', (hold) => {
    let [used, most] = [0, 0];
    const release = (): void => {
      used -= 1;
    };
    const drawn = drawHoldSeconds(hold, 1, Random.seeded(1));
    const times = { roundTripSeconds: 0, holdSeconds: 1, drawn, afterCloseSeconds: 1, live: 1_000 };
    const held = new HeldSlots({ release }, times);
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
