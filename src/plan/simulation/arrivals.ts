import { Draws } from './draws.ts';
import { type Moment, momentAt } from './moment.ts';
import type { Random } from './random.ts';

/** When connections are opened. */
export interface Arrivals {
  /** Of the first one, until it is moved on. */
  readonly time: Moment;
  /** Moves the time on to the next one. */
  advance(): void;
}

/** One each 1/rate seconds, the first at 0. */
export class EvenArrivals implements Arrivals {
  readonly time: Moment = momentAt(0);
  readonly #perSecond: number;
  #count = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  advance(): void {
    this.#count += 1;
    this.time[0] = this.#count / this.#perSecond;
  }
}

/** So many at once, at random (Poisson). */
export class BurstArrivals implements Arrivals {
  readonly time: Moment = momentAt(0);
  readonly #gaps: Draws;
  readonly #size: number;
  #left = 0;

  /**
   * @param perSecond connections, not bursts
   * @param size connections of a burst, a whole number, 1 or more
   */
  constructor(perSecond: number, size: number, random: Random) {
    this.#gaps = new Draws((numbers) => random.fillExponential(numbers, size / perSecond));
    this.#size = size;
    this.advance();
  }

  advance(): void {
    if (this.#left === 0) {
      const gap = this.#gaps.numbers[this.#gaps.next()] as number;
      this.time[0] = (this.time[0] as number) + gap;
      this.#left = this.#size;
    }
    this.#left -= 1;
  }
}
