import { CloseHeap } from './close-heap.ts';
import type { Draws } from './draws.ts';
import { type Moment, momentAt } from './moment.ts';
import { ReleaseQueue } from './release-queue.ts';

/** What slots are given back to. */
interface SlotOwner {
  release(lane: number): void;
}

/**
 * A slot that comes back less than this after a connection wants it counts as free: where arrivals are even and the load
 * is just what the slots carry, rounding would decide otherwise.
 */
const ROUNDING_SECONDS = 1e-9;

/**
 * The slots in use, and when they come back. Connections are in a heap while they live, and in a queue after they are closed,
 * which takes the same time for each; those that all live equally long are in the queue at once.
 */
export class HeldSlots {
  /** When the slot that was held last comes back. */
  readonly releasesAt: Moment = momentAt(0);
  readonly #closesAt = momentAt(0);
  readonly #owner: SlotOwner;
  readonly #holdSeconds: number;
  readonly #drawn: Draws | null;
  readonly #afterCloseSeconds: number;
  readonly #open = new CloseHeap();
  readonly #closing: ReleaseQueue;

  /** @param drawn how long connections live; null where each lives for holdSeconds */
  constructor(owner: SlotOwner, holdSeconds: number, drawn: Draws | null, afterCloseSeconds: number) {
    this.#owner = owner;
    this.#holdSeconds = holdSeconds;
    this.#drawn = drawn;
    this.#afterCloseSeconds = afterCloseSeconds;
    this.#closing = new ReleaseQueue(afterCloseSeconds - ROUNDING_SECONDS);
  }

  /** Slots that there is room for in its arrays. */
  get capacity(): number {
    return this.#open.capacity + this.#closing.capacity;
  }

  /** Holds a slot for a connection that is opened now, not before any other. */
  hold(lane: number, now: Moment): void {
    const closesAt = this.#closesAt;
    const drawn = this.#drawn;
    const seconds = drawn === null ? this.#holdSeconds : (drawn.numbers[drawn.next()] as number);
    closesAt[0] = (now[0] as number) + seconds;
    this.releasesAt[0] = closesAt[0] + this.#afterCloseSeconds;
    if (drawn === null) this.#closing.push(lane, closesAt);
    else this.#open.push(lane, closesAt);
  }

  /** Gives back what came back until then, that included. */
  releaseUntil(until: Moment): void {
    const open = this.#open;
    const closing = this.#closing;
    const closedAt = this.#closesAt;
    while (open.isDue(until)) closing.push(open.shift(closedAt), closedAt);
    while (closing.isDue(until)) this.#owner.release(closing.shift());
  }
}
