import type { SpreadCounts } from '../linux/spread-counts.ts';
import type { SpreadLane } from '../spreading/running-spread.ts';
import { ProgressLine } from './progress-line.ts';
import { describeSpreadProgress } from './text/spread-progress-text.ts';

/** What is kept in a log is read later. */
const LOG_MS = 10_000;

/** Tells a person how a spread goes: at each look on a terminal, now and then elsewhere. */
export class SpreadProgress extends ProgressLine {
  #writtenMs: number | null = null;

  /** @param nowMs of a clock that only goes forward */
  show(lanes: readonly SpreadLane[], counts: SpreadCounts, nowMs: number): void {
    this.#writtenMs ??= nowMs;
    if (!this.isTerminal && nowMs - this.#writtenMs < LOG_MS) return;
    this.#writtenMs = nowMs;
    this.write(describeSpreadProgress(lanes, counts, this.screen));
  }
}
