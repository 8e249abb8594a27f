import { type LaneShape, Lanes } from './lanes.ts';
import { type Random, splitMix32 } from './random.ts';

/**
 * Each connection has a key, any as often as another, and all of a key go to the same lane: some lanes have more keys than
 * others. Which lane a key has is computed, so that many keys need no memory.
 */
export class HashLanes extends Lanes {
  readonly #keys: number;
  readonly #random: Random;
  readonly #salt: number;
  #lane = 0;

  /** @param keys 1 to 2^32 */
  constructor(shape: LaneShape, keys: number, random: Random) {
    super(shape);
    this.#keys = keys;
    this.#random = random;
    this.#salt = random.word();
  }

  override choose(): number {
    const key = this.#random.below(this.#keys);
    this.#lane = Math.floor((splitMix32(this.#salt, key) * this.count) / 2 ** 32);
    return this.#lane;
  }

  override chooseAgain(): number {
    return this.#lane;
  }
}
