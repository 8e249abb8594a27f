import type { PortRange } from '../../tcp/port-range.ts';
import { rangeSize } from '../../tcp/port-range.ts';

/** How long a slot was held after its close. */
export interface SlotLife {
  /** In seconds, of the same clock as the life is measured with. */
  readonly closedAt: number;
  readonly seconds: number;
}

/** When each slot of a lane was closed, and when its port could be had again. */
export class SlotLives {
  readonly #low: number;
  /** In seconds, by port; NaN where it was not. */
  readonly #closedAt: Float64Array;
  readonly #backAt: Float64Array;
  #closed = 0;
  #back = 0;

  constructor(range: PortRange) {
    this.#low = range.low;
    this.#closedAt = new Float64Array(rangeSize(range)).fill(Number.NaN);
    this.#backAt = new Float64Array(rangeSize(range)).fill(Number.NaN);
  }

  /** How many slots were closed. */
  get closed(): number {
    return this.#closed;
  }

  /** How many of them have come back. */
  get back(): number {
    return this.#back;
  }

  close(port: number, seconds: number): void {
    this.#closedAt[port - this.#low] = seconds;
    this.#closed += 1;
  }

  comeBack(port: number, seconds: number): void {
    this.#backAt[port - this.#low] = seconds;
    this.#back += 1;
  }

  /** Of the slots that have come back, in the order in which they were closed. */
  lives(): SlotLife[] {
    return [...this.#closedAt]
      .map((closedAt, index) => ({ closedAt, seconds: (this.#backAt[index] as number) - closedAt }))
      .filter(({ seconds }) => !Number.isNaN(seconds))
      .sort((a, b) => a.closedAt - b.closedAt);
  }
}
