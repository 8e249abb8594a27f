import type { PortRange } from '../tcp/port-range.ts';

/**
 * What a lab has found: `lab run --json`. Field names are a promise. Times are in seconds, rates per second, ratios 0 to 1;
 * null is not known, or not measured.
 */
export interface LabReport {
  readonly schema: 1;
  /** RFC 3339, UTC. */
  readonly takenAt: string;
  readonly durationSeconds: number;
  readonly host: LabHost;
  /** In the order of the catalog. */
  readonly experiments: readonly ExperimentReport[];
}

/** What the lab ran on. */
export interface LabHost {
  readonly name: string;
  /** The kernel's release, as `uname -r` gives it. */
  readonly kernel: string;
  /** How often the kernel's timers tick each second; null where it does not tell. */
  readonly ticksPerSecond: number | null;
  /** `root`, or `user`: inside a user namespace of its own. */
  readonly runsAs: 'root' | 'user';
  /** The range of the lanes, both ends inclusive. */
  readonly range: PortRange;
}

/**
 * `agrees`: all was measured within its tolerance. `differs`: not all was. `skipped`: it cannot run here. `failed`: it broke
 * off.
 */
export type ExperimentResult = 'agrees' | 'differs' | 'skipped' | 'failed';

export interface ExperimentReport {
  readonly name: string;
  readonly question: string;
  /** Ids of the remedies whose predictions it puts to the test. */
  readonly remedies: readonly string[];
  readonly result: ExperimentResult;
  /** Why it was skipped or failed; null where it was neither. */
  readonly reason: string | null;
  readonly seconds: number;
  /** In the order in which they were predicted. */
  readonly findings: readonly Finding[];
  readonly plots: readonly Plot[];
  readonly tables: readonly Table[];
  /** What else is to be known, a sentence each. */
  readonly notes: readonly string[];
}

/** What is predicted before it is measured. */
export interface Prediction {
  /** Of what, as a noun; no two of an experiment have the same. */
  readonly what: string;
  /** Behind the figure: `slots`, `/s`, `s`; empty for a mere count or ratio. */
  readonly unit: string;
  readonly predicted: number;
  readonly tolerance: Tolerance;
  /** What the prediction is computed with, as a reader finds it: `2,000 slots / 61.02 s`. */
  readonly basis: string;
}

/** How far the measurement may be off. `share`: of the predicted figure. `absolute`: in its unit. */
export type Tolerance =
  | { readonly kind: 'exact' }
  | { readonly kind: 'share'; readonly share: number }
  | { readonly kind: 'absolute'; readonly by: number };

/** A prediction beside its measurement. */
export interface Finding extends Prediction {
  /** null where it has not come to that. */
  readonly measured: number | null;
  readonly agrees: boolean | null;
  /** Who says so: the kernel's refusal, its counter, another program. */
  readonly evidence: string | null;
}

/** Curves over one another. */
export interface Plot {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  /** Where something is predicted to happen. */
  readonly marks: readonly { readonly x: number; readonly label: string }[];
}

export interface Axis {
  readonly label: string;
  /** `share` is drawn as a percentage. */
  readonly unit: 'share' | 'seconds' | 'microseconds' | 'count' | 'per second';
  readonly isLogarithmic?: true;
}

export interface Series {
  readonly name: string;
  /** By x. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  /** As many cells as columns. */
  readonly rows: readonly (readonly (string | number | null)[])[];
}
