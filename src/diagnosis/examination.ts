import type { Machine } from '../remedies/machine.ts';
import type { FindingReport, NamespaceReport } from './report.ts';

/** Rules look at so many lanes, the fullest, however few are listed. */
export const LANES_EXAMINED = 100;

/** What a namespace looks like, and what is wrong in it. */
export interface Examination {
  readonly namespace: NamespaceReport;
  /** What remedies are judged by. */
  readonly machine: Machine;
  readonly findings: readonly FindingReport[];
}
