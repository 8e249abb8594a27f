import type { LaneShape } from './lanes.ts';
import type { PortsLookedAt } from './simulated-tier.ts';

const [BEFORE, PAST] = [0, 1];

/**
 * How many ports connect() looks at (`__inet_hash_connect()` in net/ipv4/inet_hashtables.c).
 *
 * It goes through the ports that have the parity of the range's low end, from some place on and once around, until one is
 * free; where none is, through the others in the same way; where none of those is either, it gives up. Of e ports of which u
 * are used, any as likely as another, it looks at (e + 1) / (e − u + 1) on average until one is free. The kernel goes on near
 * where it stopped the last time, at ports that were not given away for long: before the cliff it looks at fewer than that;
 * past it at as many, for there nearly all of them are those in vain (port-by-port.test.ts). Reserved and blocked ports,
 * which it passes over, are not counted.
 */
export class Looks {
  /** By half: how many, and how often. */
  readonly #sums = new Float64Array(2);
  readonly #calls = new Float64Array(2);
  readonly #most = new Float64Array(1);
  readonly #first: number;
  readonly #others: number;

  constructor({ slotsPerLane, firstPassPorts }: LaneShape) {
    this.#first = firstPassPorts;
    this.#others = slotsPerLane - firstPassPorts;
  }

  /**
   * A slot was taken.
   *
   * @param used slots of its half, with it
   */
  found(half: number, used: number): void {
    const past = half & 1;
    const count = past === 0 ? this.#first : this.#others;
    const looks = past * this.#first + (count + 1) / (count - used + 2);
    this.#sums[past] = (this.#sums[past] as number) + looks;
    this.#calls[past] = (this.#calls[past] as number) + 1;
    if (looks > (this.#most[0] as number)) this.#most[0] = looks;
  }

  /** No slot was free. */
  refused(): void {
    const all = this.#first + this.#others;
    this.#sums[PAST] = (this.#sums[PAST] as number) + all;
    this.#calls[PAST] = (this.#calls[PAST] as number) + 1;
    this.#most[0] = all;
  }

  /** Begins anew. */
  clear(): void {
    for (const sums of [this.#sums, this.#calls, this.#most]) sums.fill(0);
  }

  outcome(): PortsLookedAt {
    const [before, past] = [this.#sums[BEFORE] as number, this.#sums[PAST] as number];
    const [callsBefore, callsPast] = [this.#calls[BEFORE] as number, this.#calls[PAST] as number];
    return {
      mean: meanOf(before + past, callsBefore + callsPast),
      meanBeforeCliff: meanOf(before, callsBefore),
      meanPastCliff: meanOf(past, callsPast),
      most: this.#most[0] as number,
    };
  }
}

function meanOf(sum: number, count: number): number | null {
  return count === 0 ? null : sum / count;
}
