const FIRST_SIZE = 4_096;
const [SEVEN_BITS, GOES_ON] = [0x7f, 0x80];
/** Up to here a number can be shifted as an integer of 32 bits. */
const SHIFTABLE = 2 ** 31;

/** Writes whole numbers in as few bytes as they need: seven bits each, the lowest first, the eighth says that more follow. */
export class ByteWriter {
  #bytes: Uint8Array = new Uint8Array(FIRST_SIZE);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  clear(): void {
    this.#length = 0;
  }

  /** @param value what is no whole number of 0 or more is rounded to one */
  count(value: number): void {
    let left = value > 0 ? Math.round(value) : 0;
    while (left >= SHIFTABLE) {
      this.#byte((left % GOES_ON) | GOES_ON);
      left = Math.floor(left / GOES_ON);
    }
    while (left >= GOES_ON) {
      this.#byte((left & SEVEN_BITS) | GOES_ON);
      left >>>= 7;
    }
    this.#byte(left);
  }

  /** Small ones of either sign stay small. */
  signed(value: number): void {
    this.count(value < 0 ? -2 * value - 1 : 2 * value);
  }

  countOrNull(value: number | null): void {
    this.count(value === null || !Number.isFinite(value) ? 0 : Math.round(Math.max(0, value)) + 1);
  }

  bytes(from: Uint8Array, start = 0, end: number = from.length): void {
    this.#makeRoom(end - start);
    this.#bytes.set(start === 0 && end === from.length ? from : from.subarray(start, end), this.#length);
    this.#length += end - start;
  }

  /** What was written, valid until more is. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#makeRoom(1);
    this.#bytes[this.#length] = value;
    this.#length += 1;
  }

  #makeRoom(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}
