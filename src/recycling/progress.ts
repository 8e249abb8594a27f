/** A lane that is held below its threshold, or that cannot be. */
export interface RecycledLane {
  readonly source: string;
  readonly destination: string;
  readonly port: number;
  readonly slots: number;
  /** In used slots. */
  readonly threshold: number;
  /** How old a TIME_WAIT socket must be to be released: max(1 s, 3.5 × RTO). */
  readonly ageSeconds: number;
  /** null: not judged, for nothing was to be released; or too little is known of its network. */
  readonly safe: boolean | null;
  /** Why it may be recycled or may not, with the figures: one sentence without a full stop. */
  readonly reason: string;
  /** Whether it is left alone for that reason, though it is above the threshold or about to be. */
  readonly refused: boolean;
  /** Used slots when it was first seen, at most, and at the last look (after what was really released then). */
  readonly usedBefore: number;
  readonly usedMost: number;
  readonly used: number;
  /** At the last look, TIME_WAIT slots older than `ageSeconds`. */
  readonly old: number;
  /** At the last look, for how long its oldest TIME_WAIT slot had been one; null where it had none. */
  readonly oldestSeconds: number | null;
  /** Of a dry run: what would be. */
  readonly released: number;
  /** New connections per second between the last two looks; null before the second. */
  readonly opensPerSecond: number | null;
  /** What the lane sustains while it is recycled, by the remedy's prediction; null where not known. */
  readonly sustainableOpensPerSecond: number | null;
}

export interface RecycleProgress {
  readonly seconds: number;
  readonly looks: number;
  /** Of a dry run: what would be. */
  readonly released: number;
  /** The 100 fullest of those that match, fullest first. */
  readonly lanes: readonly RecycledLane[];
  /** How many more there are. */
  readonly lanesOmitted: number;
}

/** What came of it. */
export interface RecycleSummary extends RecycleProgress {
  /** Had gone, or been taken over, before they were reached. */
  readonly gone: number;
  /** Of one core, in seconds of CPU time: what recycling cost. */
  readonly cpuSeconds: number;
  /** Spent inside the kernel's calls that release: `released` by this is the rate of the loop. */
  readonly destroySeconds: number;
}
