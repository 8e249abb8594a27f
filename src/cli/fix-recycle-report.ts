import { listNamespaces } from '../linux/namespace-list.ts';
import { entryOf } from '../machine/namespace-identity.ts';
import { thisHost } from '../machine/report-of.ts';
import type { RecycledLane, RecycleSummary } from '../recycling/recycle.ts';
import type { FixHead } from './fix-head.ts';
import type { RecycleRequest } from './fix-recycle-request.ts';
import type { LaneOpens } from './text/recycle-summary.ts';

/**
 * What `fix recycle-time-wait --json` prints: one object, told apart from the others of `fix` by `action`. Field names are a
 * promise; times are in seconds, rates per second, and what is unknown is null.
 */
export interface RecycleReport extends FixHead, RecycleSummary {
  /** Whether nothing was released, for it was only shown. */
  readonly action: 'recycle-preview' | 'recycled';
  readonly remedy: 'recycle-time-wait';
  /** Whether it went on for some time, to hold the lanes below their thresholds. */
  readonly held: boolean;
  /** The fullest that match, fullest first. */
  readonly lanes: readonly RecycledLaneReport[];
  /** What does it; null once it is done. */
  readonly command: string | null;
  /** What does it by hand as root, a line for each lane; null where there is nothing to do. */
  readonly byHand: string | null;
  /** What this process lacks to do it, one sentence each. */
  readonly missing: readonly string[];
}

/** A lane that is recycled, was left alone, or has nothing to release. */
export interface RecycledLaneReport extends RecycledLane {
  /** How many slots would be released now; null once it is done. */
  readonly wouldRelease: number | null;
  /** New connections per second, from look to look; null where it was not held, or looked at too few times. */
  readonly opens: LaneOpens | null;
}

/** What is reported beside the head. */
export interface RecycleOutcome {
  readonly summary: RecycleSummary;
  readonly outcome: Pick<RecycleReport, 'action' | 'held' | 'command' | 'byHand' | 'missing'>;
  readonly tell: (lane: RecycledLane) => Pick<RecycledLaneReport, 'wouldRelease' | 'released' | 'opens'>;
}

export function recycleReport(
  { options, startedAt }: RecycleRequest,
  { summary, outcome, tell }: RecycleOutcome,
): RecycleReport {
  const { namespace } = options;
  const { namespaces } = listNamespaces();
  return {
    ...{ schema: 1, remedy: 'recycle-time-wait', takenAt: new Date().toISOString() },
    durationSeconds: Number(((performance.now() - startedAt) / 1_000).toFixed(6)),
    host: thisHost(),
    namespace: { inode: namespace.inode, name: entryOf(namespace, namespaces).name },
    ...outcome,
    ...summary,
    lanes: summary.lanes.map((lane) => ({ ...lane, ...tell(lane) })),
  };
}
