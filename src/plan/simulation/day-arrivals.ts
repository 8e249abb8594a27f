import type { Arrivals } from './arrivals.ts';
import type { DayCurve } from './day-curve.ts';
import { Draws } from './draws.ts';
import { type Moment, momentAt } from './moment.ts';
import type { Random } from './random.ts';

/**
 * One at a time, at random, at a rate that follows the day: a Poisson process at the peak's rate, thinned out (Lewis and
 * Shedler: "Simulation of nonhomogeneous Poisson processes by thinning", 1979).
 */
export class DayArrivals implements Arrivals {
  readonly time: Moment = momentAt(0);
  readonly #curve: DayCurve;
  readonly #begins: number;
  readonly #gaps: Draws;
  readonly #chances: Draws;

  /**
   * @param perSecond where the curve's share is 1
   * @param curve with a share above 0
   * @param begins seconds after midnight
   */
  constructor(perSecond: number, curve: DayCurve, begins: number, random: Random) {
    this.#curve = curve;
    this.#begins = begins;
    this.#gaps = new Draws((numbers) => random.fillExponential(numbers, 1 / (perSecond * curve.most)));
    this.#chances = new Draws((numbers) => random.fillUniform(numbers, curve.most));
    this.advance();
  }

  advance(): void {
    const [gaps, chances] = [this.#gaps, this.#chances];
    let time = this.time[0] as number;
    let [share, chance] = [0, 0];
    do {
      time += gaps.numbers[gaps.next()] as number;
      chance = chances.numbers[chances.next()] as number;
      share = this.#curve.shareAt(this.#begins + time);
    } while (chance >= share);
    this.time[0] = time;
  }
}
