import type { RecycleProgress } from '../recycling/recycle.ts';
import { formatLane } from '../tcp/lane.ts';
import { describeRefusal, describeStart, renderProgress } from './text/recycle-progress.ts';
import { screenOf } from './text/screen.ts';
import { wrap } from './text/wrap.ts';

/** A line that is rewritten can be read so often; what is kept in a log is read later. */
const TERMINAL_MS = 250;
const LOG_MS = 10_000;
/** So many lanes are told to be left alone: a pattern may match thousands. */
const REFUSALS_TOLD = 5;
const CLEAR_LINE = '\r\u001b[K';

/** What messages are written to: standard error, or what a test puts in its place. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Tells a person how recycling goes: on a terminal in one line that is written anew, elsewhere in a line now and then. */
export class ProgressLine {
  readonly #stream: ProgressStream;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #isTerminal: boolean;
  readonly #seconds: number;
  readonly #refusals = new Set<string>();
  #writtenMs: number | null = null;
  #isLineOpen = false;

  /** @param seconds for how long it goes on; Infinity until it is ended */
  constructor(stream: ProgressStream, environment: NodeJS.ProcessEnv, seconds: number) {
    this.#stream = stream;
    this.#environment = environment;
    this.#isTerminal = stream.isTTY === true && environment.TERM !== 'dumb';
    this.#seconds = seconds;
  }

  /** @param nowMs of a clock that only goes forward */
  show(progress: RecycleProgress, nowMs: number): void {
    if (this.#writtenMs === null) {
      this.#say(describeStart(progress, this.#seconds));
      this.#writtenMs = nowMs;
    }
    this.#tellRefusals(progress);
    if (nowMs - this.#writtenMs < (this.#isTerminal ? TERMINAL_MS : LOG_MS)) return;
    this.#writtenMs = nowMs;
    // A terminal's width changes.
    const line = renderProgress(progress, screenOf(this.#stream, this.#environment));
    this.#stream.write(this.#isTerminal ? CLEAR_LINE + line : `${line}\n`);
    this.#isLineOpen = this.#isTerminal;
  }

  /** Leaves a terminal's line to what is written next. */
  end(): void {
    if (this.#isLineOpen) this.#stream.write(CLEAR_LINE);
    this.#isLineOpen = false;
  }

  #tellRefusals({ lanes }: RecycleProgress): void {
    for (const lane of lanes) {
      if (!lane.refused || this.#refusals.size >= REFUSALS_TOLD || this.#refusals.has(formatLane(lane))) continue;
      this.#refusals.add(formatLane(lane));
      this.#say(describeRefusal(lane));
    }
  }

  #say(text: string): void {
    this.end();
    const { width } = screenOf(this.#stream, this.#environment);
    this.#stream.write(`${this.#isTerminal ? wrap(text, width) : text}\n`);
  }
}
