export const DAY_SECONDS = 86_400;

/** How a rate follows the time of day: shares of it at equal steps from midnight on, joined by lines, every day the same. */
export class DayCurve {
  /** The highest share. */
  readonly most: number;
  readonly #shares: Float64Array;
  readonly #stepSeconds: number;

  /** @param shares one or more, 0 or more each */
  constructor(shares: readonly number[]) {
    this.#shares = Float64Array.from(shares);
    this.#stepSeconds = DAY_SECONDS / shares.length;
    this.most = Math.max(...shares);
  }

  /** @param seconds since any midnight */
  shareAt(seconds: number): number {
    const shares = this.#shares;
    const position = seconds / this.#stepSeconds;
    const step = Math.floor(position);
    const before = shares[step % shares.length] as number;
    const after = shares[(step + 1) % shares.length] as number;
    return before + (position - step) * (after - before);
  }

  /**
   * When a simulation begins, in seconds after midnight: at midnight where it takes a day or longer, and otherwise so that the
   * peak, the first of equal ones, is in its middle.
   */
  begins(simulatedSeconds: number): number {
    if (simulatedSeconds >= DAY_SECONDS) return 0;
    const peak = this.#shares.indexOf(this.most) * this.#stepSeconds;
    return (peak - simulatedSeconds / 2 + DAY_SECONDS) % DAY_SECONDS;
  }
}
