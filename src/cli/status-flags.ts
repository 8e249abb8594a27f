import type { ReportFlags } from './report-flags.ts';

/** What `status` is asked for. */
export interface StatusFlags extends ReportFlags {
  readonly top?: number;
  /** Milliseconds since 1970. */
  readonly at?: number;
  /** The file of the history. */
  readonly history?: string;
}
