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
  #tags = new Int32Array(FIRST_CAPACITY);
  #size = 0;

  /** Connections that it has room for: below twice the most that it ever held, or as many as at first. */
  get capacity(): number {
    return this.#times.length;
  }

  /** Whether a connection is closed until then, that included. */
  isDue(until: Moment): boolean {
    return this.#size > 0 && (this.#times[0] as number) <= (until[0] as number);
  }

  /** @param tag a whole number to know it by, 32 bits with its sign */
  push(tag: number, closesAt: Moment): void {
    if (this.#size === this.#times.length) this.#grow();
    this.#times[this.#size] = closesAt[0] as number;
    this.#tags[this.#size] = tag;
    this.#size += 1;
    this.#raiseLast();
  }

  /**
   * Takes out the one that is closed first, of which there must be one, and returns its tag.
   *
   * @param closedAt is set to when it is closed
   */
  shift(closedAt: Moment): number {
    const tag = this.#tags[0] as number;
    closedAt[0] = this.#times[0] as number;
    this.#size -= 1;
    this.#times[0] = this.#times[this.#size] as number;
    this.#tags[0] = this.#tags[this.#size] as number;
    this.#sinkFirst();
    return tag;
  }

  #raiseLast(): void {
    const times = this.#times;
    const tags = this.#tags;
    let index = this.#size - 1;
    const time = times[index] as number;
    const tag = tags[index] as number;
    while (index > 0) {
      const parent = (index - 1) >> CHILDREN_BITS;
      const parentTime = times[parent] as number;
      if (parentTime <= time) break;
      times[index] = parentTime;
      tags[index] = tags[parent] as number;
      index = parent;
    }
    times[index] = time;
    tags[index] = tag;
  }

  #sinkFirst(): void {
    const times = this.#times;
    const tags = this.#tags;
    const size = this.#size;
    const time = times[0] as number;
    const tag = tags[0] as number;
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
      tags[index] = tags[least] as number;
      index = least;
    }
    times[index] = time;
    tags[index] = tag;
  }

  #grow(): void {
    const [times, tags] = [new Float64Array(2 * this.#size), new Int32Array(2 * this.#size)];
    times.set(this.#times);
    tags.set(this.#tags);
    [this.#times, this.#tags] = [times, tags];
  }
}
