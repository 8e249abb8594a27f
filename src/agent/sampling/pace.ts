/** The cost of a sample is the median of so many: one that is dear by chance, or for a burst of closes, slows nothing down. */
const REMEMBERED = 5;
/** … but where the newest is so much cheaper, the load has gone, and the interval with it. */
const MOST_OVER_NEWEST = 1.5;
/**
 * The interval grows by at most this factor from one sample to the next: code that is new costs ten times as much until it
 * has run some times, and would never run so often.
 */
const MOST_GROWTH = 1.25;
/** … unless a sample is so dear, in seconds, that this cannot be the reason. */
const SURELY_DEAR_SECONDS = 0.3;
/** An interval that is shorter than this many times the wanted one counts as that. */
const NOTICEABLE = 1.1;

/** Keeps samples within a budget of processor time: the interval between them grows with what they cost. */
export class Pace {
  readonly #intervalSeconds: number;
  readonly #budget: number;
  #costs: readonly number[] = [];
  #current: number;
  #isFirst = true;

  /**
   * @param intervalSeconds the shortest
   * @param budget a part of one core, more than 0, at most 1
   */
  constructor(intervalSeconds: number, budget: number) {
    this.#intervalSeconds = intervalSeconds;
    this.#budget = budget;
    this.#current = intervalSeconds;
  }

  /** @param cpuSeconds of one sample; the first one has compiled the code too, and does not count */
  spent(cpuSeconds: number): void {
    if (!this.#isFirst) this.#costs = [cpuSeconds, ...this.#costs].slice(0, REMEMBERED);
    this.#isFirst = false;
    const wanted = Math.max(this.#intervalSeconds, this.costSeconds / this.#budget);
    const most = this.costSeconds < SURELY_DEAR_SECONDS ? MOST_GROWTH * this.#current : wanted;
    this.#current = Math.min(wanted, most);
  }

  /** What a sample costs, in seconds of processor time; 0 before that is known. */
  get costSeconds(): number {
    const [newest] = this.#costs;
    if (newest === undefined) return 0;
    const sorted = [...this.#costs].sort((a, b) => a - b);
    return Math.min(sorted[sorted.length >> 1] as number, MOST_OVER_NEWEST * newest);
  }

  /** From the beginning of one sample to that of the next, in seconds. */
  get intervalSeconds(): number {
    return this.#current;
  }

  get isStretched(): boolean {
    return this.intervalSeconds > NOTICEABLE * this.#intervalSeconds;
  }
}
