import type { RecordedChange } from '../changes/recorded-change.ts';
import type { SpreadCounts } from '../linux/spread-counts.ts';
import type { SpreadLane } from '../spreading/running-spread.ts';
import type { SpreadDestination } from '../spreading/spread-lanes.ts';
import type { FixHead } from './fix-head.ts';

/** What `fix spread-sources` and `fix spread-destinations` print: a part of what `fix --json` promises. */
export type FixSpread = FixSpreadPreview | FixSpreadApplied | FixSpreadEnded;

interface FixSpreadHead extends FixHead {
  readonly remedy: string;
  readonly title: string;
  /** What goes where, in one line: `sources 10.0.0.10-10.0.0.17 to 10.0.1.9:8080`. */
  readonly spread: string;
  readonly cgroup: {
    readonly path: string;
    /** In it and below it; null where that may not be read. */
    readonly processes: number | null;
  };
  /** Whether it stays when fourtuple ends. */
  readonly detached: boolean;
  readonly changes: readonly RecordedChange[];
  readonly destinations: readonly SpreadDestination[];
  readonly notes: readonly string[];
}

/** Nothing has been changed. */
export interface FixSpreadPreview extends FixSpreadHead {
  readonly action: 'spread-preview';
  /** What this process lacks to apply it, one sentence each. */
  readonly missing: readonly string[];
  /** What does it. */
  readonly command: string;
}

/** It is attached, and stays so. */
export interface FixSpreadApplied extends FixSpreadHead {
  readonly action: 'spread-applied';
  /** Its number, for `fix --undo`. */
  readonly id: number;
  readonly undo: string;
}

/** It was attached, and is no more. */
export interface FixSpreadEnded extends FixSpreadHead {
  readonly action: 'spread-ended';
  readonly id: number;
  readonly seconds: number;
  readonly lanes: readonly SpreadLane[];
  readonly counts: SpreadCounts;
}
