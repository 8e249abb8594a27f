import type { Random } from './random.ts';

/** How many slots of each lane are used, and which lane the next connection goes to. */
export abstract class Lanes {
  /** By lane. */
  readonly used: Int32Array;
  /** Of all lanes. */
  totalUsed = 0;

  constructor(count: number) {
    this.used = new Int32Array(count);
  }

  /** The lane for the next connection, or for the next try of one. */
  abstract choose(): number;

  take(lane: number): void {
    this.used[lane] = (this.used[lane] as number) + 1;
    this.totalUsed += 1;
  }

  release(lane: number): void {
    this.used[lane] = (this.used[lane] as number) - 1;
    this.totalUsed -= 1;
  }
}

export class RoundRobinLanes extends Lanes {
  #next = 0;

  override choose(): number {
    const lane = this.#next;
    this.#next = lane + 1 === this.used.length ? 0 : lane + 1;
    return lane;
  }
}

export class RandomLanes extends Lanes {
  readonly #random: Random;

  constructor(count: number, random: Random) {
    super(count);
    this.#random = random;
  }

  override choose(): number {
    return this.#random.below(this.used.length);
  }
}

/**
 * Keeps the lanes in the order of their used slots: one more or one less moves a lane to the edge of those that are used as
 * much as it, and the edge past it, in a few steps however many lanes there are.
 */
export class LeastUsedLanes extends Lanes {
  /** Lanes, the least used first. */
  readonly #order: Int32Array;
  /** Where each lane stands in the order. */
  readonly #place: Int32Array;
  /** By used slots: where the lanes begin that are used so much or more. */
  readonly #begin: Int32Array;

  constructor(count: number, slotsPerLane: number) {
    super(count);
    this.#order = Int32Array.from({ length: count }, (_, lane) => lane);
    this.#place = this.#order.slice();
    this.#begin = new Int32Array(slotsPerLane + 1).fill(count, 1);
  }

  override choose(): number {
    return this.#order[0] as number;
  }

  override take(lane: number): void {
    const more = (this.used[lane] as number) + 1;
    const last = (this.#begin[more] as number) - 1;
    this.#swap(lane, last);
    this.#begin[more] = last;
    super.take(lane);
  }

  override release(lane: number): void {
    const used = this.used[lane] as number;
    const first = this.#begin[used] as number;
    this.#swap(lane, first);
    this.#begin[used] = first + 1;
    super.release(lane);
  }

  #swap(lane: number, place: number): void {
    const other = this.#order[place] as number;
    const former = this.#place[lane] as number;
    this.#order[former] = other;
    this.#place[other] = former;
    this.#order[place] = lane;
    this.#place[lane] = place;
  }
}
