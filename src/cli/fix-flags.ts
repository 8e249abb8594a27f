import type { Threshold } from '../recycling/threshold.ts';
import type { LanePattern } from '../tcp/lane-pattern.ts';
import type { PortRange } from '../tcp/port-range.ts';

/** What `fix` is asked for. */
export interface FixFlags {
  readonly netns?: string;
  readonly lane?: LanePattern;
  /** Of wider-range. */
  readonly to?: PortRange;
  readonly apply?: boolean;
  readonly persist?: boolean;
  readonly force?: boolean;
  /** What is to be taken back: the last change, that with this number, or all. */
  readonly undo?: 'last' | 'all' | number;
  /** Milliseconds: how long lanes are watched after a change. */
  readonly observe: number;
  /** Of recycle-time-wait. */
  readonly threshold?: Threshold;
  /** Of recycle-time-wait: for how many milliseconds; Infinity until told to stop. */
  readonly for?: number;
  readonly json?: boolean;
}
