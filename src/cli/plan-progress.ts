const CLEAR_LINE = '\r\u001b[K';

/** What messages are written to: standard error, or what a test puts in its place. */
export interface ProgressTerminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** How far a simulation is, in one line that is written anew; nothing where nobody watches. */
export class PlanProgress {
  readonly #stream: ProgressTerminal;
  readonly #isTerminal: boolean;
  #percent = -1;

  constructor(stream: ProgressTerminal, environment: NodeJS.ProcessEnv) {
    this.#stream = stream;
    this.#isTerminal = stream.isTTY === true && environment.TERM !== 'dumb';
  }

  /** @param share 0 to 1 */
  show(share: number): void {
    const percent = Math.floor(100 * share);
    if (!this.#isTerminal || percent === this.#percent) return;
    this.#percent = percent;
    this.#stream.write(`${CLEAR_LINE}simulating: ${percent}%`);
  }

  /** Leaves the line to what is written next. */
  end(): void {
    if (this.#percent >= 0) this.#stream.write(CLEAR_LINE);
  }
}
