import { type LaneShape, Lanes, NO_SLOT } from './lanes.ts';

/**
 * The lane with the fewest used slots; kept connections that wait count for none.
 *
 * Keeps the lanes in the order of their load: one more or one less moves a lane to the edge of those that have as much load
 * as it, and the edge past it, in a few steps however many lanes there are.
 */
export class LeastUsedLanes extends Lanes {
  /** Used slots by lane, but for those whose connection waits. */
  readonly #load: Int32Array;
  /** Lanes, that with the least load first. */
  readonly #order: Int32Array;
  /** Where each lane stands in the order. */
  readonly #place: Int32Array;
  /** By load: where the lanes begin that have so much or more. */
  readonly #begin: Int32Array;

  constructor(shape: LaneShape) {
    super(shape);
    this.#load = new Int32Array(shape.lanes);
    this.#order = Int32Array.from({ length: shape.lanes }, (_, lane) => lane);
    this.#place = this.#order.slice();
    this.#begin = new Int32Array(shape.slotsPerLane + 1).fill(shape.lanes, 1);
  }

  override choose(): number {
    return this.#order[0] as number;
  }

  override take(lane: number): number {
    const half = super.take(lane);
    if (half !== NO_SLOT) this.wake(lane);
    return half;
  }

  override release(half: number): void {
    this.idle(half >> 1);
    super.release(half);
  }

  override wake(lane: number): void {
    const more = (this.#load[lane] as number) + 1;
    const last = (this.#begin[more] as number) - 1;
    this.#swap(lane, last);
    this.#begin[more] = last;
    this.#load[lane] = more;
  }

  override idle(lane: number): void {
    const load = this.#load[lane] as number;
    const first = this.#begin[load] as number;
    this.#swap(lane, first);
    this.#begin[load] = first + 1;
    this.#load[lane] = load - 1;
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
