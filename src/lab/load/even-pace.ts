/**
 * When something is to be done at an even pace. A machine that was busy makes up for little of what it has missed: what
 * comes in a burst is no even pace.
 */
export class EvenPace {
  readonly #gap: number;
  readonly #most: number;
  #next: number;

  /**
   * @param now in seconds of any clock that only goes on
   * @param catchUpSeconds how much of the time that was missed is made up for
   */
  constructor(perSecond: number, catchUpSeconds: number, now: number) {
    this.#gap = 1 / perSecond;
    this.#most = catchUpSeconds;
    this.#next = now;
  }

  /** Whether it is time for the next one: asked again, for the one after it. */
  isTime(now: number): boolean {
    if (now < this.#next) return false;
    this.#next = Math.max(this.#next, now - this.#most) + this.#gap;
    return true;
  }
}
