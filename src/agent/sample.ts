import type { HostReport, LaneReport, NamespaceReport, ProcessReport } from '../diagnosis/report.ts';

/**
 * What the agent sees of a machine at one instant: what it serves as the event `sample`, writes to its history and answers
 * a scrape with. Field names are a promise, as in the report: seconds, rates per second, ratios 0 to 1, unknown is null.
 */
export interface Sample {
  readonly schema: 1;
  /** RFC 3339, UTC. */
  readonly takenAt: string;
  readonly host: HostReport;
  readonly cost: SampleCost;
  readonly namespaces: readonly NamespaceSample[];
  /** What could not be looked at, and why: one sentence each. */
  readonly notes: readonly string[];
}

/** What the samples take of the machine. */
export interface SampleCost {
  /** Until the next sample: longer than the configured interval where a sample costs more than its budget. */
  readonly intervalSeconds: number;
  /** Processor time of this sample, user and system. */
  readonly cpuSeconds: number;
  /** From its beginning to its end. */
  readonly durationSeconds: number;
}

/** A network namespace: its report, with what is counted since the agent began. */
export interface NamespaceSample extends Omit<NamespaceReport, 'lanes'> {
  /** RFC 3339, UTC: when it was counted. Earlier than the sample where it has so few sockets that it is counted less often. */
  readonly takenAt: string;
  /** The fullest first, at most as many as configured; `lanesOmitted` says how many more there are. */
  readonly lanes: readonly LaneSample[];
  /** All lanes beside those listed, as one. */
  readonly other: OtherLanes;
}

/** A lane: what its census tells, and counts that only grow, from when the agent began. */
export interface LaneSample extends LaneReport, LaneCounters {
  /** Who opened what is in TIME_WAIT now, as far as it was seen while it lived: joined by the socket's cookie. */
  readonly timeWaitProcesses: readonly ProcessReport[];
}

/**
 * Counted while the lane was listed; what happens on a lane that is not listed counts for `other`, so that no count ever
 * goes down, and all of them together are exact.
 */
export interface LaneCounters {
  /** Slots that were given up, by the kernel's destroy events; null where closes are not counted. */
  readonly closes: number | null;
  /** Calls of connect() that found no port (EADDRNOTAVAIL), by the tracepoint; null where they are not counted. */
  readonly refusedConnects: number | null;
}

export interface OtherLanes extends LaneCounters {
  readonly lanes: number;
  readonly slots: number;
  readonly used: number;
  readonly live: number;
  readonly timeWait: number;
  /** Null where it is not known of each of them. */
  readonly reclaimable: number | null;
}

/** How a namespace is called in labels, addresses of pages and the history: its name, else its inode as `net:[4026532001]`. */
export function namespaceLabel({ name, inode }: Pick<NamespaceReport, 'name' | 'inode'>): string {
  return name ?? `net:[${inode}]`;
}

/** What names a lane on this machine. */
export interface LaneName {
  /** See {@link namespaceLabel}. */
  readonly namespace: string;
  readonly source: string;
  readonly destination: string;
  readonly port: number;
  /** The interface that its sockets are bound to; null for none. */
  readonly device: string | null;
}
