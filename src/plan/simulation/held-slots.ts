import { CloseTimes } from './close-times.ts';
import type { Draws } from './draws.ts';
import { type Moment, momentAt } from './moment.ts';
import { ReleaseQueue } from './release-queue.ts';

/** What slots are given back to. */
interface SlotOwner {
  release(half: number): void;
}

/** How long a slot is held: while SYN_SENT lasts and while its connection lives, and then while it is closed and after that. */
export interface HoldTimes {
  readonly roundTripSeconds: number;
  readonly holdSeconds: number;
  /** How long connections live, one after the other; null where each lives for holdSeconds. */
  readonly drawn: Draws | null;
  readonly afterCloseSeconds: number;
  /** How many connections live at a time, about: where they are closed in another order than they were opened in. */
  readonly live: number;
}

/**
 * A slot that comes back less than this after a connection wants it counts as free: where arrivals are even and the load
 * is just what the slots carry, rounding would decide otherwise.
 */
export const ROUNDING_SECONDS = 1e-9;

/**
 * The slots in use, and when they come back. Connections are sorted by when they are closed while they live, and in a queue
 * after that, which takes the same time for each; those that all live equally long are in the queue at once.
 */
export class HeldSlots {
  /** How long the last connection lives that a slot was held for. */
  readonly lives: Moment;
  readonly #closesAt = momentAt(0);
  readonly #owner: SlotOwner;
  readonly #roundTripSeconds: number;
  readonly #drawn: Draws | null;
  readonly #open: CloseTimes;
  readonly #closing: ReleaseQueue;

  constructor(owner: SlotOwner, { roundTripSeconds, holdSeconds, drawn, afterCloseSeconds, live }: HoldTimes) {
    this.lives = momentAt(holdSeconds);
    this.#owner = owner;
    this.#roundTripSeconds = roundTripSeconds;
    this.#drawn = drawn;
    this.#open = new CloseTimes(drawn === null ? 0 : live, roundTripSeconds + holdSeconds);
    this.#closing = new ReleaseQueue(roundTripSeconds + afterCloseSeconds - ROUNDING_SECONDS);
  }

  /** Slots that there is room for in its arrays. */
  get capacity(): number {
    return this.#open.capacity + this.#closing.capacity;
  }

  /** Draws how long the next connection lives. */
  drawLife(): void {
    const drawn = this.#drawn;
    if (drawn !== null) this.lives[0] = drawn.numbers[drawn.next()] as number;
  }

  /** Holds a slot for a connection that is opened now, not before any other. */
  hold(half: number, now: Moment): void {
    this.drawLife();
    const closesAt = this.#closesAt;
    closesAt[0] = (now[0] as number) + this.#roundTripSeconds + (this.lives[0] as number);
    if (this.#drawn === null) this.#closing.push(half, closesAt);
    else this.#open.push(half, closesAt);
  }

  /** Gives back what came back until then, that included. */
  releaseUntil(until: Moment): void {
    const closing = this.#closing;
    if (this.#drawn !== null) {
      const open = this.#open;
      const closedAt = this.#closesAt;
      while (open.isDue(until)) closing.push(open.shift(closedAt), closedAt);
    }
    while (closing.isDue(until)) this.#owner.release(closing.shift());
  }
}
