/** How much the newest sample's cost counts beside those before it: some ten samples are told. */
const SMOOTHING = 0.2;
/** An interval that is shorter than this many times the wanted one counts as that: a noisy machine stretches nobody's. */
const NOTICEABLE = 1.1;

/** Keeps samples within a budget of processor time: the interval between them grows with what they cost. */
export class Pace {
  readonly #intervalSeconds: number;
  readonly #budget: number;
  #costSeconds = 0;
  #samples = 0;

  /**
   * @param intervalSeconds the shortest
   * @param budget a part of one core, more than 0, at most 1
   */
  constructor(intervalSeconds: number, budget: number) {
    this.#intervalSeconds = intervalSeconds;
    this.#budget = budget;
  }

  /** @param cpuSeconds of one sample */
  spent(cpuSeconds: number): void {
    this.#samples += 1;
    // The first one has compiled the code too: it is forgotten as soon as there is another.
    if (this.#samples <= 2) this.#costSeconds = cpuSeconds;
    else this.#costSeconds += SMOOTHING * (cpuSeconds - this.#costSeconds);
  }

  /** What a sample costs on average, in seconds of processor time. */
  get costSeconds(): number {
    return this.#costSeconds;
  }

  /** From the beginning of one sample to that of the next, in seconds. */
  get intervalSeconds(): number {
    return Math.max(this.#intervalSeconds, this.#costSeconds / this.#budget);
  }

  get isStretched(): boolean {
    return this.#samples > 1 && this.intervalSeconds > NOTICEABLE * this.#intervalSeconds;
  }
}
