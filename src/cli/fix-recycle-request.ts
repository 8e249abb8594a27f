import type { RecycleOptions } from '../recycling/recycle.ts';
import type { FixFlags } from './fix-flags.ts';

/** Which lanes are to be recycled, and how. */
export interface RecycleRequest {
  readonly flags: FixFlags;
  readonly options: Pick<RecycleOptions, 'namespace' | 'pattern' | 'threshold' | 'force'>;
  /** `performance.now()`. */
  readonly startedAt: number;
}
