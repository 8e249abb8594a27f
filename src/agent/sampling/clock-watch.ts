import type { AgentEvent } from '../agent-event.ts';

/** More than this between two looks is no drift and no leap second. */
const JUMP_MS = 2_000;

/** Notices that the machine's clock was set: samples are taken by a clock that is not, their times are written by it. */
export class ClockWatch {
  readonly #wall: () => number;
  readonly #steady: () => number;
  #offset: number;

  constructor(wall: () => number = Date.now, steady: () => number = () => performance.now()) {
    this.#wall = wall;
    this.#steady = steady;
    this.#offset = wall() - steady();
  }

  /** @returns what to tell, where it was set since the last look; else null */
  look(): AgentEvent | null {
    const offset = this.#wall() - this.#steady();
    const seconds = Math.round((offset - this.#offset) / 1_000);
    const isJump = Math.abs(offset - this.#offset) > JUMP_MS;
    this.#offset = offset;
    if (!isJump) return null;
    const way = seconds > 0 ? 'forward' : 'back';
    return {
      level: 'warning',
      event: 'clock-jumped',
      message: `The clock was set ${way} by ${Math.abs(seconds)} s: times of samples before and after it do not compare.`,
      fields: { seconds },
    };
  }
}
