import type { LaneCounters } from '../sample.ts';

/** More lanes than this are not remembered once they are no longer listed. */
const MOST_KEPT = 10_000;

interface Tally {
  closes: number;
  refusedConnects: number;
}

/**
 * What was counted of each lane while it was listed, and of all others together: so no count goes down when the fullest
 * lanes change, and all of them add up to what happened. (See `LaneCounters`.)
 */
export class LaneTallies {
  readonly #listed = new Map<string, Tally>();
  readonly #other: Tally = { closes: 0, refusedConnects: 0 };
  /** Whether closes are counted now, and refusals. */
  #counted = { closes: false, refusedConnects: false };

  /** Says what is counted now: what is not is told as unknown, and comes back with what it had before. */
  setCounted(counted: { readonly closes: boolean; readonly refusedConnects: boolean }): void {
    this.#counted = counted;
  }

  /**
   * @param isListed whether the lane is among those that a sample lists
   * @param key of the lane, as its namespace writes it
   */
  add(key: string, isListed: boolean, what: keyof LaneCounters, count: number): void {
    if (count === 0) return;
    const tally = isListed ? this.#tallyOf(key) : this.#other;
    tally[what] += count;
  }

  of(key: string): LaneCounters {
    return this.#told(this.#listed.get(key) ?? { closes: 0, refusedConnects: 0 });
  }

  get other(): LaneCounters {
    return this.#told(this.#other);
  }

  #told({ closes, refusedConnects }: Tally): LaneCounters {
    return {
      closes: this.#counted.closes ? closes : null,
      refusedConnects: this.#counted.refusedConnects ? refusedConnects : null,
    };
  }

  #tallyOf(key: string): Tally {
    const known = this.#listed.get(key);
    if (known !== undefined) return known;
    if (this.#listed.size >= MOST_KEPT) this.#forgetFirst();
    const tally = { closes: 0, refusedConnects: 0 };
    this.#listed.set(key, tally);
    return tally;
  }

  /** What it had goes to the others: the sum stays. */
  #forgetFirst(): void {
    const [first] = this.#listed;
    if (first === undefined) return;
    const [key, tally] = first;
    this.#listed.delete(key);
    this.#other.closes += tally.closes;
    this.#other.refusedConnects += tally.refusedConnects;
  }
}

/** How a lane is called within its namespace. */
export function laneKey(lane: {
  readonly source: string;
  readonly destination: string;
  readonly port: number;
  readonly device: string | null;
}): string {
  return `${lane.source}>${lane.destination}:${lane.port}%${lane.device ?? ''}`;
}
