import type { Moment } from './moment.ts';

const FIRST_CAPACITY = 64;
/** A node has four children: they lie side by side, and the heap is half as deep as with two. */
const CHILDREN_BITS = 2;

/**
 * Connections that are closed in another order than they were opened in: a heap in typed arrays, which are doubled where
 * they are full. Takes log4(connections that are open) steps.
 */
export class CloseHeap {
  #times = new Float64Array(FIRST_CAPACITY);
  #lanes = new Int32Array(FIRST_CAPACITY);
  #size = 0;

  /** Connections that it has room for: below twice the most that it ever held, or as many as at first. */
  get capacity(): number {
    return this.#times.length;
  }

  /** Whether a connection is closed until then, that included. */
  isDue(until: Moment): boolean {
    return this.#size > 0 && (this.#times[0] as number) <= (until[0] as number);
  }

  push(lane: number, closesAt: Moment): void {
    if (this.#size === this.#times.length) this.#grow();
    this.#times[this.#size] = closesAt[0] as number;
    this.#lanes[this.#size] = lane;
    this.#size += 1;
    this.#raiseLast();
  }

  /**
   * Takes out the one that is closed first, of which there must be one, and returns its lane.
   *
   * @param closedAt is set to when it is closed
   */
  shift(closedAt: Moment): number {
    const lane = this.#lanes[0] as number;
    closedAt[0] = this.#times[0] as number;
    this.#size -= 1;
    this.#times[0] = this.#times[this.#size] as number;
    this.#lanes[0] = this.#lanes[this.#size] as number;
    this.#sinkFirst();
    return lane;
  }

  #raiseLast(): void {
    const times = this.#times;
    const lanes = this.#lanes;
    let index = this.#size - 1;
    const time = times[index] as number;
    const lane = lanes[index] as number;
    while (index > 0) {
      const parent = (index - 1) >> CHILDREN_BITS;
      const parentTime = times[parent] as number;
      if (parentTime <= time) break;
      times[index] = parentTime;
      lanes[index] = lanes[parent] as number;
      index = parent;
    }
    times[index] = time;
    lanes[index] = lane;
  }

  #sinkFirst(): void {
    const times = this.#times;
    const lanes = this.#lanes;
    const size = this.#size;
    const time = times[0] as number;
    const lane = lanes[0] as number;
    let index = 0;
    for (;;) {
      let least = (index << CHILDREN_BITS) + 1;
      if (least >= size) break;
      let leastTime = times[least] as number;
      const end = Math.min(least + (1 << CHILDREN_BITS), size);
      for (let child = least + 1; child < end; child += 1) {
        const childTime = times[child] as number;
        if (childTime < leastTime) {
          least = child;
          leastTime = childTime;
        }
      }
      if (leastTime >= time) break;
      times[index] = leastTime;
      lanes[index] = lanes[least] as number;
      index = least;
    }
    times[index] = time;
    lanes[index] = lane;
  }

  #grow(): void {
    const [times, lanes] = [new Float64Array(2 * this.#size), new Int32Array(2 * this.#size)];
    times.set(this.#times);
    lanes.set(this.#lanes);
    [this.#times, this.#lanes] = [times, lanes];
  }
}
