import type { ReportFlags } from './report-flags.ts';

/** What `status` is asked for. */
export interface StatusFlags extends ReportFlags {
  readonly top?: number;
}
