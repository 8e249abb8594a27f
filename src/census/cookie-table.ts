/** Empty in the column of values: they are told plus one. */
const NONE = 0;
const FIRST_CAPACITY = 1_024;
/** 2^32 over the golden ratio (Knuth, TAOCP 6.4). */
const GOLDEN_RATIO = 0x9e3779b1;

/** A small number for each socket cookie (64 bits, unique since the machine started), without an object for each. */
export class CookieTable {
  readonly #most: number;
  #size = 0;
  #low = new Uint32Array(FIRST_CAPACITY);
  #high = new Uint32Array(FIRST_CAPACITY);
  #value = new Uint32Array(FIRST_CAPACITY);

  /** @param most more are not taken in */
  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#size;
  }

  /** @param value 0 and up */
  set(low: number, high: number, value: number): void {
    const at = this.#find(low, high);
    if (this.#value[at] === NONE) {
      if (this.#size >= this.#most) return;
      this.#size += 1;
    }
    this.#low[at] = low;
    this.#high[at] = high;
    this.#value[at] = value + 1;
    if (this.#size * 2 > this.#value.length) this.#grow();
  }

  /** @returns -1 where the cookie is not known */
  get(low: number, high: number): number {
    return (this.#value[this.#find(low, high)] as number) - 1;
  }

  #find(low: number, high: number): number {
    const mask = this.#value.length - 1;
    let at = (Math.imul(low ^ Math.imul(high, GOLDEN_RATIO), GOLDEN_RATIO) >>> 8) & mask;
    while (this.#value[at] !== NONE && (this.#low[at] !== low || this.#high[at] !== high)) at = (at + 1) & mask;
    return at;
  }

  #grow(): void {
    const [low, high, value] = [this.#low, this.#high, this.#value];
    const capacity = value.length * 2;
    this.#low = new Uint32Array(capacity);
    this.#high = new Uint32Array(capacity);
    this.#value = new Uint32Array(capacity);
    for (let row = 0; row < value.length; row += 1) {
      if (value[row] === NONE) continue;
      const at = this.#find(low[row] as number, high[row] as number);
      this.#low[at] = low[row] as number;
      this.#high[at] = high[row] as number;
      this.#value[at] = value[row] as number;
    }
  }
}
