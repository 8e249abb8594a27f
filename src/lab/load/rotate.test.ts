import { describe, expect, it } from 'vitest';
import { seconds } from './clock.ts';
import { rotate } from './rotate.ts';

/** Slots that are handed out, and come back a while after they were let go of. */
class Slots {
  readonly #backSeconds: number;
  readonly #free: { readonly slot: number; readonly from: number }[];
  readonly taken: number[] = [];

  constructor(count: number, backSeconds: number) {
    this.#backSeconds = backSeconds;
    this.#free = Array.from({ length: count }, (_, slot) => ({ slot, from: 0 }));
  }

  take = (): number | null => {
    const [next] = this.#free;
    if (next === undefined || next.from > seconds()) return null;
    this.#free.shift();
    this.taken.push(next.slot);
    return next.slot;
  };

  end = (slot: number): void => void this.#free.push({ slot, from: seconds() + this.#backSeconds });

  get free(): number {
    return this.#free.length;
  }
}

describe('slots that are held over and over', () => {
  const HOLD = 0.05;

  it('are each taken as often, in turn, and all let go of', async () => {
    const slots = new Slots(5, 0);
    const { take, end } = slots;
    const start = seconds();
    await rotate({ slots: 5, times: 3, holdSeconds: HOLD, take, end });
    expect(slots.taken).toEqual([0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4]);
    expect(slots.free).toBe(5);
    expect(seconds() - start).toBeGreaterThanOrEqual(2 * HOLD);
  });

  it('come back no sooner than they do', async () => {
    const { take, end } = new Slots(5, 0.02);
    expect(await rotate({ slots: 5, times: 3, holdSeconds: HOLD, take, end })).toBeGreaterThanOrEqual(0.02);
  });

  it('seem to come back late where there are fewer of them than is thought', async () => {
    const { take, end } = new Slots(3, 0);
    // Of five, two wait until another two are let go of.
    expect(await rotate({ slots: 5, times: 3, holdSeconds: HOLD, take, end })).toBeGreaterThan(0);
  });
});
