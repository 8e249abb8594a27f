import type { SpreadCounts } from '../linux/spread-counts.ts';
import type { SpreadLane } from '../spreading/running-spread.ts';
import type { ProgressStream } from './fix-recycle-progress.ts';
import { screenOf } from './text/screen.ts';
import { describeSpreadProgress } from './text/spread-progress-text.ts';
import { wrap } from './text/wrap.ts';

/** What is kept in a log is read later. */
const LOG_MS = 10_000;
const CLEAR_LINE = '\r\u001b[K';

/** Tells a person how a spread goes: on a terminal in one line that is written anew, elsewhere in a line now and then. */
export class SpreadProgress {
  readonly #stream: ProgressStream;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #isTerminal: boolean;
  #writtenMs: number | null = null;
  #isLineOpen = false;

  constructor(stream: ProgressStream, environment: NodeJS.ProcessEnv) {
    this.#stream = stream;
    this.#environment = environment;
    this.#isTerminal = stream.isTTY === true && environment.TERM !== 'dumb';
  }

  /** @param nowMs of a clock that only goes forward */
  show(lanes: readonly SpreadLane[], counts: SpreadCounts, nowMs: number): void {
    this.#writtenMs ??= this.#isTerminal ? null : nowMs;
    if (this.#writtenMs !== null && nowMs - this.#writtenMs < (this.#isTerminal ? 0 : LOG_MS)) return;
    this.#writtenMs = nowMs;
    const line = describeSpreadProgress(lanes, counts, screenOf(this.#stream, this.#environment));
    this.#stream.write(this.#isTerminal ? CLEAR_LINE + line : `${line}\n`);
    this.#isLineOpen = this.#isTerminal;
  }

  /** A sentence of its own. */
  say(text: string): void {
    this.end();
    const { width } = screenOf(this.#stream, this.#environment);
    this.#stream.write(`${this.#isTerminal ? wrap(text, width) : text}\n`);
  }

  /** Leaves a terminal's line to what is written next. */
  end(): void {
    if (this.#isLineOpen) this.#stream.write(CLEAR_LINE);
    this.#isLineOpen = false;
  }
}
