const [SEVEN_BITS, GOES_ON] = [0x7f, 0x80];
/** A byte after so many others begins beyond the 32 bits of a shift. */
const SHIFTED_BYTES = 4;
const MOST_BYTES = 8;

/** What was recorded is not as it was written. */
export class DamagedRecord extends RangeError {}

/** Reads what a `ByteWriter` wrote. */
export class ByteReader {
  #bytes: Uint8Array;
  /** Where the next number begins. */
  position: number;

  constructor(bytes: Uint8Array, position = 0) {
    this.#bytes = bytes;
    this.position = position;
  }

  /** Reads other bytes from now on: one reader for a million records. */
  moveTo(bytes: Uint8Array, position: number): this {
    this.#bytes = bytes;
    this.position = position;
    return this;
  }

  /** @throws DamagedRecord where the bytes end, or hold no number that was written */
  count(): number {
    const first = this.#bytes[this.position] as number;
    if (first < GOES_ON) {
      this.position += 1;
      return first;
    }
    return this.#longCount();
  }

  /** @throws DamagedRecord */
  signed(): number {
    const value = this.count();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** @throws DamagedRecord */
  countOrNull(): number | null {
    const value = this.count();
    return value === 0 ? null : value - 1;
  }

  /** @throws DamagedRecord */
  skip(numbers: number): void {
    for (let index = 0; index < numbers; index += 1) this.count();
  }

  #longCount(): number {
    let value = 0;
    for (let index = 0; index < MOST_BYTES; index += 1) {
      const byte = this.#bytes[this.position];
      if (byte === undefined) break;
      this.position += 1;
      const bits = byte & SEVEN_BITS;
      value += index < SHIFTED_BYTES ? bits << (7 * index) : bits * 2 ** (7 * index);
      if (byte < GOES_ON) return value;
    }
    throw new DamagedRecord(`there is no number at byte ${this.position}`);
  }
}
