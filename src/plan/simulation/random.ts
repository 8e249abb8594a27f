import { ExponentialLayers } from './exponential-layers.ts';

const LAYERS = new ExponentialLayers();
const WORD_VALUES = 2 ** 32;
const HIGH_UNIT = 2 ** 26;
const DOUBLE_UNIT = 2 ** -53;

/**
 * The n-th number of a sequence that a seed starts; no two of the first 2^32 are the same.
 *
 * SplitMix (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", 2014) in 32 bits: a Weyl sequence by the
 * golden ratio, mixed by the finalizer of MurmurHash3 (fmix32).
 *
 * @param seed a whole number; only its low 32 bits count
 * @returns 0 to 2^32 - 1
 */
export function splitMix32(seed: number, index: number): number {
  let mixed = (seed + Math.imul(index + 1, 0x9e37_79b9)) >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/**
 * Random numbers that a seed decides: xoshiro128** 1.1 (Blackman and Vigna: "Scrambled Linear Pseudorandom Number
 * Generators", 2021), which has a period of 2^128 - 1. Draws allocate nothing.
 */
export class Random {
  readonly #state: Uint32Array;

  /** @param state four words of 32 bits, not all 0 */
  constructor(state: readonly [number, number, number, number]) {
    this.#state = Uint32Array.from(state);
  }

  /** @param seed a whole number; only its low 32 bits count */
  static seeded(seed: number): Random {
    return new Random([splitMix32(seed, 0), splitMix32(seed, 1), splitMix32(seed, 2), splitMix32(seed, 3)]);
  }

  /** 32 bits, as a signed number: V8 allocates what does not fit into 32 bits with a sign. */
  word(): number {
    const state = this.#state;
    const first = state[0] as number;
    const second = state[1] as number;
    const third = (state[2] as number) ^ first;
    const fourth = (state[3] as number) ^ second;
    state[0] = first ^ fourth;
    state[1] = second ^ third;
    state[2] = third ^ (second << 9);
    state[3] = (fourth << 11) | (fourth >>> 21);
    const product = Math.imul(second, 5);
    return Math.imul((product << 7) | (product >>> 25), 9);
  }

  /** 0 or more, below 1, in steps of 2^-53. */
  uniform(): number {
    const high = this.word() >>> 5;
    return (high * HIGH_UNIT + (this.word() >>> 6)) * DOUBLE_UNIT;
  }

  /**
   * A whole number from 0 to count - 1. Their probabilities differ by 2^-32 at most.
   *
   * @param count 1 to 2^32
   */
  below(count: number): number {
    return Math.floor(((this.word() >>> 0) * count) / WORD_VALUES);
  }

  /** Fills an array with numbers from 0 on that are below `end`. */
  fillUniform(numbers: Float64Array, end: number): void {
    for (let index = 0; index < numbers.length; index += 1) numbers[index] = this.uniform() * end;
  }

  /** Fills an array with numbers that are exponentially distributed. */
  fillExponential(numbers: Float64Array, mean: number): void {
    const { reach, density, tail } = LAYERS;
    for (let index = 0; index < numbers.length; ) {
      const [high, low] = [this.word(), this.word()];
      // The bits that are not of the uniform number choose the layer.
      const layer = (high & 31) | ((low & 7) << 5);
      const x = ((high >>> 5) * HIGH_UNIT + (low >>> 6)) * DOUBLE_UNIT * (reach[layer] as number);
      if (x < (reach[layer + 1] as number)) {
        numbers[index] = x * mean;
        index += 1;
      } else if (layer === 0) {
        numbers[index] = (tail - Math.log(1 - this.uniform())) * mean;
        index += 1;
      } else {
        const [outer, inner] = [density[layer] as number, density[layer + 1] as number];
        if (outer + this.uniform() * (inner - outer) >= Math.exp(-x)) continue;
        numbers[index] = x * mean;
        index += 1;
      }
    }
  }

  /**
   * Fills an array with numbers whose logarithms are normally distributed: by Marsaglia's polar method, which gives two at a
   * time.
   *
   * @param numbers of even length
   * @param location mean of the logarithms
   * @param deviation standard deviation of the logarithms
   */
  fillLogNormal(numbers: Float64Array, location: number, deviation: number): void {
    for (let index = 0; index < numbers.length; ) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = deviation * Math.sqrt((-2 * Math.log(square)) / square);
      numbers[index] = Math.exp(location + x * factor);
      numbers[index + 1] = Math.exp(location + y * factor);
      index += 2;
    }
  }
}
