const FIRST_CAPACITY = 1_024;
/** Sockets come due within a minute before and a few seconds after a look: what is beyond is last of all. */
const KEYS = 65_536;
const EARLIEST_MS = -60_000;

/**
 * When sockets come of age, for each lane the oldest first: what is due is taken in that order. Sockets are rows, numbered
 * as they are added; no object for any.
 */
export class DuePlan {
  #size = 0;
  #lanes = new Uint32Array(FIRST_CAPACITY);
  #dueMs = new Int32Array(FIRST_CAPACITY);
  #byAge = new Uint32Array(FIRST_CAPACITY);
  /** Rows by lane, in each the oldest first. */
  #order = new Uint32Array(FIRST_CAPACITY);
  /** Where in the order a lane's next row stands, and where they end. */
  #next = new Uint32Array(0);
  #end = new Uint32Array(0);
  readonly #counts = new Uint32Array(KEYS + 1);

  get size(): number {
    return this.#size;
  }

  /** Forgets all, and keeps the memory. */
  clear(): void {
    this.#size = 0;
  }

  /** @param dueMs when it comes of age, in whole milliseconds of the caller's clock: from -60,000 on */
  add(lane: number, dueMs: number): void {
    const row = this.#size;
    if (row === this.#lanes.length) this.#grow();
    this.#lanes[row] = lane;
    this.#dueMs[row] = dueMs;
    this.#size = row + 1;
  }

  /** After the last {@link add} and before the first {@link take}: puts the rows in their order. */
  arrange(laneCount: number): void {
    this.#sortByAge();
    this.#sortByLane(laneCount);
  }

  /**
   * Takes rows of a lane that are due and have not been taken, the oldest first.
   *
   * @param most at most so many
   * @returns a view that is valid until the next {@link arrange}
   */
  take(lane: number, nowMs: number, most: number): Uint32Array {
    const from = this.#next[lane] ?? 0;
    const end = Math.min(this.#end[lane] ?? 0, from + most);
    let to = from;
    while (to < end && this.#dueAt(to) <= nowMs) to += 1;
    if (to > from) this.#next[lane] = to;
    return this.#order.subarray(from, to);
  }

  /** When the oldest row of a lane that has not been taken is due; Infinity where there is none. */
  nextDueMs(lane: number): number {
    const at = this.#next[lane] ?? 0;
    return at < (this.#end[lane] ?? 0) ? this.#dueAt(at) : Number.POSITIVE_INFINITY;
  }

  #dueAt(place: number): number {
    return this.#dueMs[this.#order[place] as number] as number;
  }

  /** A counting sort by the millisecond. */
  #sortByAge(): void {
    const counts = this.#counts.fill(0);
    for (let row = 0; row < this.#size; row += 1) this.#countNext(counts, keyOf(this.#dueMs[row] as number));
    for (let key = 1; key <= KEYS; key += 1) counts[key] = (counts[key] as number) + (counts[key - 1] as number);
    for (let row = 0; row < this.#size; row += 1) {
      const key = keyOf(this.#dueMs[row] as number);
      const place = counts[key] as number;
      this.#byAge[place] = row;
      counts[key] = place + 1;
    }
  }

  /** Stable: each lane keeps the order by age. */
  #sortByLane(laneCount: number): void {
    if (this.#next.length < laneCount + 1) {
      this.#next = new Uint32Array(2 * laneCount + 1);
      this.#end = new Uint32Array(2 * laneCount + 1);
    }
    const [next, end] = [this.#next.fill(0), this.#end];
    for (let row = 0; row < this.#size; row += 1) this.#countNext(next, this.#lanes[row] as number);
    for (let lane = 1; lane < next.length; lane += 1) next[lane] = (next[lane] as number) + (next[lane - 1] as number);
    end.set(next);
    for (let place = 0; place < this.#size; place += 1) {
      const row = this.#byAge[place] as number;
      const lane = this.#lanes[row] as number;
      const at = end[lane] as number;
      this.#order[at] = row;
      end[lane] = at + 1;
    }
  }

  /** Counts where what comes behind begins. */
  #countNext(counts: Uint32Array, index: number): void {
    counts[index + 1] = (counts[index + 1] as number) + 1;
  }

  #grow(): void {
    const capacity = 2 * this.#lanes.length;
    const lanes = new Uint32Array(capacity);
    lanes.set(this.#lanes);
    this.#lanes = lanes;
    const dueMs = new Int32Array(capacity);
    dueMs.set(this.#dueMs);
    this.#dueMs = dueMs;
    this.#byAge = new Uint32Array(capacity);
    this.#order = new Uint32Array(capacity);
  }
}

function keyOf(dueMs: number): number {
  return Math.min(KEYS - 1, Math.max(0, dueMs - EARLIEST_MS));
}
