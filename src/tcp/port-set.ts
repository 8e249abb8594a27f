import { MAX_PORT, type PortRange } from './port-range.ts';

const WORDS = (MAX_PORT + 1) / 32;

/** A set of TCP ports: 65,536 bits, 8 KiB, whatever it holds. */
export class PortSet implements Iterable<number> {
  readonly #words = new Uint32Array(WORDS);
  #size = 0;

  static of(ports: Iterable<number>): PortSet {
    const set = new PortSet();
    for (const port of ports) set.add(port);
    return set;
  }

  /** How many ports the set holds. */
  get size(): number {
    return this.#size;
  }

  has(port: number): boolean {
    return (((this.#words[port >>> 5] as number) >>> (port & 31)) & 1) === 1;
  }

  /** @returns whether the port is new to the set. */
  add(port: number): boolean {
    const bit = 1 << (port & 31);
    const word = this.#words[port >>> 5] as number;
    if ((word & bit) !== 0) return false;
    this.#words[port >>> 5] = word | bit;
    this.#size += 1;
    return true;
  }

  /** Adds all ports of a range, both ends included. */
  addRange(range: PortRange): void {
    for (let port = range.low; port <= range.high; port += 1) this.add(port);
  }

  clear(): void {
    this.#words.fill(0);
    this.#size = 0;
  }

  /** How many ports of a range, both ends included, the set holds. */
  countWithin(range: PortRange): number {
    if (this.#size === 0) return 0;
    const [first, last] = [range.low >>> 5, range.high >>> 5];
    let count = 0;
    for (let index = first; index <= last; index += 1) {
      let word = this.#words[index] as number;
      if (index === first) word &= 0xffff_ffff << (range.low & 31);
      if (index === last) word &= 0xffff_ffff >>> (31 - (range.high & 31));
      count += countBits(word);
    }
    return count;
  }

  /** The ports, lowest first. */
  *[Symbol.iterator](): Generator<number> {
    for (let index = 0; index < WORDS; index += 1) {
      for (let word = this.#words[index] as number; word !== 0; word &= word - 1) {
        yield index * 32 + (31 - Math.clz32(word & -word));
      }
    }
  }
}

/** Henry S. Warren, Hacker's Delight, 5-1. */
function countBits(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555_5555);
  const nibbles = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
