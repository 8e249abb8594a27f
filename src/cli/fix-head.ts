import type { HostReport } from '../diagnosis/report.ts';

/** What was looked at. */
export interface FixHead {
  readonly schema: 1;
  /** RFC 3339, UTC. */
  readonly takenAt: string;
  readonly durationSeconds: number;
  readonly host: HostReport;
  readonly namespace: NamespaceName;
}

/** A network namespace, as messages name it. */
export interface NamespaceName {
  readonly inode: number;
  /** `host`, the name of `ip netns`, its container or pod; null where none is known. */
  readonly name: string | null;
}
