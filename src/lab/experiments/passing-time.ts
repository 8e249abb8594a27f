import type { Stage } from '../stage.ts';

const EVERY_MS = 1_000;

/** Says over and over how far an experiment is that takes a known time. */
export class PassingTime {
  readonly #stage: Stage;
  readonly #seconds: number;
  readonly #start: number = performance.now();
  readonly #timer: NodeJS.Timeout;
  #doing = '';
  #isIdle = false;

  /** @param seconds that it takes in all, roughly */
  constructor(stage: Stage, seconds: number) {
    this.#stage = stage;
    this.#seconds = seconds;
    this.#timer = setInterval(() => this.#say(), EVERY_MS).unref();
  }

  /** @param isIdle it leaves the machine to others from now on */
  now(doing: string, isIdle: boolean): void {
    this.#doing = doing;
    this.#isIdle = isIdle;
    this.#say();
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #say(): void {
    const share = Math.min(1, (performance.now() - this.#start) / 1_000 / this.#seconds);
    this.#stage.progress(this.#doing, { share, isIdle: this.#isIdle });
  }
}
