import type { Remedy } from '../remedies/remedy.ts';
import type { Folklore } from './folklore.ts';
import type { LaneReport, Severity } from './report.ts';
import type { Scene } from './scene.ts';

/** One way in which source ports run out, or are about to: one file each, in rules/. Pure. */
export interface Rule {
  /** Stable: part of the report. */
  readonly code: string;
  /** Nothing where nothing is wrong: a healthy machine gets no finding. */
  examine(scene: Scene): Iterable<Finding>;
}

/** What a rule says. */
export interface Finding {
  readonly severity: Severity;
  /** The lane that it is about, one of the scene's; null where it is about the namespace. */
  readonly lane: LaneReport | null;
  /** One sentence for a tired person: the lane, the process, the figure. */
  readonly summary: string;
  /** Why it is so, and what it means: a few sentences. */
  readonly explanation: string;
  /** The figures it rests on: names in camelCase with their unit, values that JSON can hold. */
  readonly evidence: Readonly<Record<string, unknown>>;
  /** What helps against this cause, in no particular order: they are ranked by what they gain. */
  readonly remedies: readonly Remedy[];
  /** What is often advised, and does not help. */
  readonly unhelpful: readonly Folklore[];
}
