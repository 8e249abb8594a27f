import type { FindingReport, Report } from '../../diagnosis/report.ts';
import type { LaneName, Sample } from '../sample.ts';

/** From when to when there is something, in milliseconds since 1970. */
export interface HistorySpan {
  readonly sinceMs: number;
  readonly untilMs: number;
}

/**
 * A lane over time, in columns of equal length, the oldest first. A null in a column: not known then. Where nothing was
 * sampled for longer than the step, or the lane held no slot, there is no row.
 */
export interface LaneSeries extends LaneName {
  /**
   * Between two rows where none is missing: the interval of the samples, 1 or more; 60 where some of it is older than an
   * hour; a multiple where it was thinned.
   */
  readonly stepSeconds: number;
  /** Seconds since 1970; the beginning of the step where a row stands for more than one sample. */
  readonly times: readonly number[];
  readonly slots: readonly number[];
  readonly used: readonly number[];
  readonly live: readonly number[];
  readonly timeWait: readonly number[];
  readonly reclaimable: readonly (number | null)[];
  readonly opensPerSecond: readonly (number | null)[];
  readonly secondsToCliff: readonly (number | null)[];
  readonly secondsToExhaustion: readonly (number | null)[];
  /** Connects that found no port since the row before; null where they were not counted. */
  readonly refusedConnects: readonly (number | null)[];
}

/** Which lanes, and from when to when. */
export interface SeriesQuery {
  /** Left out: all namespaces. */
  readonly namespace?: string | undefined;
  /** Whether a lane is asked for. */
  readonly matches: (lane: LaneName) => boolean;
  readonly sinceMs: number;
  readonly untilMs: number;
  /** At most so many rows of each lane, 2 or more: what is more is thinned evenly, and each row kept is the fullest of those it stands for. */
  readonly mostRows: number;
  /** At most so many lanes, those that were fullest. */
  readonly mostLanes: number;
}

export interface HistoryReader {
  /** null where there is nothing yet. */
  span(): HistorySpan | null;
  /**
   * The machine as it was: the last sample at or before an instant, with the findings of then.
   *
   * @returns null where nothing was sampled in the two minutes before it
   */
  at(atMs: number): Report | null;
  /** Fullest first. */
  series(query: SeriesQuery): readonly LaneSeries[];
  close(): void;
}

/** Where samples are kept. What fails is told, once, to whoever opened it, and never thrown: the agent goes on without. */
export interface HistoryStore extends HistoryReader {
  /** Why nothing is recorded now, in a sentence; null where all is well. */
  readonly problem: string | null;
  append(sample: Sample): void;
  /** What is wrong from now on; kept only where it differs from what was recorded last. */
  recordFindings(takenAt: string, findings: readonly FindingReport[]): void;
}

/** What happens to a history that its agent goes on with, or without. */
export interface HistoryEvent {
  /**
   * `stopped`: nothing is recorded until `resumed`; `moved-aside`: the file is another one now, why is told;
   * `unreadable`: what was asked for could not be read; `clock`: the clock was set, which changes what is seen.
   */
  readonly kind: 'stopped' | 'resumed' | 'moved-aside' | 'unreadable' | 'clock';
  /** One sentence. */
  readonly message: string;
  /** What to do about it; null where nothing need be done. */
  readonly hint: string | null;
}

/** What tells the time; both in milliseconds. */
export interface HistoryClock {
  /** Since 1970; may jump. */
  now(): number;
  /** Since any instant; never jumps. */
  elapsed(): number;
}
