import type { Moment } from './moment.ts';

const FIRST_CAPACITY = 64;

/**
 * Slots that each come back the same time after they are added, and so in that order: a ring in typed arrays, which is
 * doubled where it is full.
 */
export class ReleaseQueue {
  #times = new Float64Array(FIRST_CAPACITY);
  #halves = new Int32Array(FIRST_CAPACITY);
  readonly #delay: number;
  #head = 0;
  #size = 0;

  constructor(delaySeconds: number) {
    this.#delay = delaySeconds;
  }

  /** Slots that it has room for: below twice the most that it ever held, or as many as at first. */
  get capacity(): number {
    return this.#times.length;
  }

  /** Whether a slot has come back until then, that included. */
  isDue(until: Moment): boolean {
    return this.#size > 0 && (this.#times[this.#head] as number) <= (until[0] as number);
  }

  /** @param from when its time begins, not before that of any slot that was added earlier */
  push(half: number, from: Moment): void {
    if (this.#size === this.#times.length) this.#grow();
    const index = (this.#head + this.#size) & (this.#times.length - 1);
    this.#times[index] = (from[0] as number) + this.#delay;
    this.#halves[index] = half;
    this.#size += 1;
  }

  /** Takes out the first one, of which there must be one, and returns its half. */
  shift(): number {
    const half = this.#halves[this.#head] as number;
    this.#head = (this.#head + 1) & (this.#times.length - 1);
    this.#size -= 1;
    return half;
  }

  /** The index is masked: the capacity stays a power of two. */
  #grow(): void {
    const [times, halves] = [new Float64Array(2 * this.#size), new Int32Array(2 * this.#size)];
    times.set(this.#times.subarray(this.#head));
    times.set(this.#times.subarray(0, this.#head), this.#size - this.#head);
    halves.set(this.#halves.subarray(this.#head));
    halves.set(this.#halves.subarray(0, this.#head), this.#size - this.#head);
    [this.#times, this.#halves, this.#head] = [times, halves, 0];
  }
}
