import type { Line } from './lines.ts';

const SPACE = 0x20;

/** The first fields of a line: what stands between blanks, by position, so that nothing is copied. */
export class Fields {
  /** How many there are, at most as many as there is room for. */
  count = 0;
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;

  /** @param room how many fields of a line are looked at */
  constructor(room: number) {
    this.#starts = new Int32Array(room);
    this.#ends = new Int32Array(room);
  }

  split(line: Line): void {
    const { bytes, end } = line;
    const room = this.#starts.length;
    let at = line.start;
    let count = 0;
    while (count < room) {
      // Control characters (tab, carriage return) are blanks too.
      while (at < end && (bytes[at] as number) <= SPACE) at += 1;
      if (at === end) break;
      this.#starts[count] = at;
      while (at < end && (bytes[at] as number) > SPACE) at += 1;
      this.#ends[count] = at;
      count += 1;
    }
    this.count = count;
  }

  start(field: number): number {
    return this.#starts[field] as number;
  }

  end(field: number): number {
    return this.#ends[field] as number;
  }
}

/** Finds a word among some, without making a string of it. */
export class Words<Value extends number> {
  readonly #words: readonly (readonly [word: Uint8Array, value: Value])[];

  constructor(words: Readonly<Record<string, Value>>) {
    this.#words = Object.entries(words).map(([word, value]) => [new TextEncoder().encode(word), value]);
  }

  /** @returns what the word `bytes[start..end)` stands for, undefined where it is none of them. */
  find(bytes: Uint8Array, start: number, end: number): Value | undefined {
    for (const [word, value] of this.#words) {
      if (word.length !== end - start) continue;
      let at = 0;
      while (at < word.length && word[at] === bytes[start + at]) at += 1;
      if (at === word.length) return value;
    }
    return undefined;
  }
}
