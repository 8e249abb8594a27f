import { type Screen, screenOf } from './text/screen.ts';
import { wrap } from './text/wrap.ts';

const CLEAR_LINE = '\r\u001b[K';

/** What messages are written to: standard error, or what a test puts in its place. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** A line that is written anew on a terminal, and one after the other elsewhere; with sentences between. */
export class ProgressLine {
  readonly isTerminal: boolean;
  readonly #stream: ProgressStream;
  readonly #environment: NodeJS.ProcessEnv;
  #isOpen = false;

  constructor(stream: ProgressStream, environment: NodeJS.ProcessEnv) {
    this.#stream = stream;
    this.#environment = environment;
    this.isTerminal = stream.isTTY === true && environment.TERM !== 'dumb';
  }

  /** Of this moment: a terminal's width changes. */
  get screen(): Screen {
    return screenOf(this.#stream, this.#environment);
  }

  /** @param line shorter than the screen is wide */
  write(line: string): void {
    this.#stream.write(this.isTerminal ? CLEAR_LINE + line : `${line}\n`);
    this.#isOpen = this.isTerminal;
  }

  /** A sentence of its own. */
  say(text: string): void {
    this.end();
    this.#stream.write(`${this.isTerminal ? wrap(text, this.screen.width) : text}\n`);
  }

  /** Leaves a terminal's line to what is written next. */
  end(): void {
    if (this.#isOpen) this.#stream.write(CLEAR_LINE);
    this.#isOpen = false;
  }
}
