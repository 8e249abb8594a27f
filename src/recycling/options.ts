import type { NamespaceHandle } from '../linux/network-namespace.ts';
import type { LanePattern } from '../tcp/lane-pattern.ts';
import type { RecycleProgress } from './progress.ts';
import type { Threshold } from './threshold.ts';

export interface RecycleOptions {
  readonly namespace: NamespaceHandle;
  readonly pattern: LanePattern;
  readonly threshold: Threshold;
  /** Releases also where the network is not known to be clean. */
  readonly force: boolean;
  /** For so long; null once, Infinity until told to stop. */
  readonly seconds: number | null;
  /** Releases nothing, and says what it would release now: once, whatever `seconds` says. */
  readonly dryRun: boolean;
  /** Ends it early: the summary is given all the same. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each look at the sockets. */
  onProgress?(progress: RecycleProgress): void;
}
