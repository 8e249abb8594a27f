import type { ReportFlags } from './report-flags.ts';

/** What `doctor` is asked for. */
export interface DoctorFlags extends ReportFlags {
  readonly full?: boolean;
  /** Milliseconds. */
  readonly trace?: number;
}
