import type { Threshold } from '../recycling/threshold.ts';
import type { LanePattern } from '../tcp/lane-pattern.ts';

/** What `fix` is asked for. */
export interface FixFlags {
  readonly netns?: string;
  readonly lane?: LanePattern;
  /** Of wider-range the range, of spread-sources the destinations. */
  readonly to?: readonly string[];
  /** Of spread-sources. */
  readonly sources?: string;
  /** Of spread-destinations. */
  readonly from?: string;
  /** Of spread-destinations. */
  readonly over?: string;
  /** Of spread-sources: the link that missing addresses are added to. */
  readonly addTo?: string;
  /** Whose connections are spread: one of these four. */
  readonly cgroup?: string;
  readonly unit?: string;
  readonly pid?: number;
  readonly container?: string;
  /** A spread stays when this process ends. */
  readonly detach?: boolean;
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
