import { describe, expect, it } from 'vitest';
import { rotate } from './rotate.ts';

/** Slots that are handed out, and taken back. */
class Slots {
  readonly #free: number[];
  readonly taken: number[] = [];
  refusals = 0;

  constructor(count: number) {
    this.#free = Array.from({ length: count }, (_, index) => index);
  }

  take = (): number | null => {
    const slot = this.#free.shift();
    if (slot === undefined) this.refusals += 1;
    else this.taken.push(slot);
    return slot ?? null;
  };

  end = (slot: number): void => void this.#free.push(slot);

  get free(): number {
    return this.#free.length;
  }
}

describe('slots that are taken over and over', () => {
  it('are each taken as often, not before they were held for long enough, and all let go of', async () => {
    const slots = new Slots(5);
    const [times, holdSeconds] = [3, 0.05];
    const { take, end } = slots;
    const cycleSeconds = await rotate({ slots: 5, times, overSeconds: holdSeconds, holdSeconds, take, end });
    expect(slots.taken).toEqual([0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4]);
    expect(cycleSeconds).toBeGreaterThanOrEqual(holdSeconds);
    expect(slots.free).toBe(5);
  });

  it('are tried all the time where there are fewer than is thought', async () => {
    const slots = new Slots(4);
    const { take, end } = slots;
    const cycleSeconds = await rotate({ slots: 5, times: 2, overSeconds: 0.01, holdSeconds: 0.05, take, end });
    expect(slots.refusals).toBeGreaterThan(0);
    expect(cycleSeconds).toBeGreaterThan(0.05);
  });
});
