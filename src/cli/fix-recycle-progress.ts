import type { RecycleProgress } from '../recycling/recycle.ts';
import { formatLane } from '../tcp/lane.ts';
import { ProgressLine, type ProgressStream } from './progress-line.ts';
import { describeRefusal, describeStart, renderProgress } from './text/recycle-progress.ts';

/** A line that is rewritten can be read so often; what is kept in a log is read later. */
const TERMINAL_MS = 250;
const LOG_MS = 10_000;
/** So many lanes are told to be left alone: a pattern may match thousands. */
const REFUSALS_TOLD = 5;

/** Tells a person how recycling goes: on a terminal in one line that is written anew, elsewhere in a line now and then. */
export class RecycleProgressLine extends ProgressLine {
  readonly #seconds: number;
  readonly #refusals = new Set<string>();
  #writtenMs: number | null = null;

  /** @param seconds for how long it goes on; Infinity until it is ended */
  constructor(stream: ProgressStream, environment: NodeJS.ProcessEnv, seconds: number) {
    super(stream, environment);
    this.#seconds = seconds;
  }

  /** @param nowMs of a clock that only goes forward */
  show(progress: RecycleProgress, nowMs: number): void {
    if (this.#writtenMs === null) {
      this.say(describeStart(progress, this.#seconds));
      this.#writtenMs = nowMs;
    }
    this.#tellRefusals(progress);
    if (nowMs - this.#writtenMs < (this.isTerminal ? TERMINAL_MS : LOG_MS)) return;
    this.#writtenMs = nowMs;
    this.write(renderProgress(progress, this.screen));
  }

  #tellRefusals({ lanes }: RecycleProgress): void {
    for (const lane of lanes) {
      if (!lane.refused || this.#refusals.size >= REFUSALS_TOLD || this.#refusals.has(formatLane(lane))) continue;
      this.#refusals.add(formatLane(lane));
      this.say(describeRefusal(lane));
    }
  }
}
