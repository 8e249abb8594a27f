/** Even, and few enough for the fastest cache. */
const BATCH = 256;

/** Random numbers that are drawn many at a time: one by one, each would be allocated where its call is not inlined. */
export class Draws {
  readonly numbers: Float64Array = new Float64Array(BATCH);
  readonly #fill: (numbers: Float64Array) => void;
  #next = BATCH;

  /** @param fill draws all numbers of an array of even length anew */
  constructor(fill: (numbers: Float64Array) => void) {
    this.#fill = fill;
  }

  /** Which of the numbers is the next one. */
  next(): number {
    if (this.#next === BATCH) {
      this.#fill(this.numbers);
      this.#next = 0;
    }
    this.#next += 1;
    return this.#next - 1;
  }
}
