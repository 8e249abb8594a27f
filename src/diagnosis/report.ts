import type { LaneUse } from '../census/lane-use.ts';
import type { Totals } from '../census/totals.ts';
import type { ProcessRef } from '../linux/socket-source.ts';

/**
 * The report: what `status --json` prints, what the agent serves and what `--from` reads back. Field names are a promise.
 * Times are in seconds, rates per second, ratios 0 to 1, addresses canonical text (RFC 5952, with a zone where one
 * matters), and what is unknown is null.
 */
export interface Report {
  readonly schema: 1;
  /** RFC 3339, UTC; null for a capture, which does not tell. */
  readonly takenAt: string | null;
  readonly durationSeconds: number;
  readonly host: HostReport;
  readonly namespaces: readonly NamespaceReport[];
  readonly findings: readonly FindingReport[];
}

export interface HostReport {
  readonly name: string | null;
  /** The kernel's release, as `uname -r` gives it. */
  readonly kernel: string | null;
}

export interface NamespaceReport {
  /** The inode of the namespace's file, what `lsns` shows; null for a capture. */
  readonly inode: number | null;
  /** `host`, the name that `ip netns` gives it, a container or pod; null if none is known. */
  readonly name: string | null;
  /** The process in it with the lowest PID; null for the host's, and where none is known. */
  readonly holder: ProcessRef | null;
  /** Where the sockets come from: `sock_diag`, `/proc/net/tcp`, or the format of a capture. */
  readonly source: string;
  readonly ports: PortsReport;
  readonly settings: SettingsReport;
  /** Fullest first. */
  readonly lanes: readonly LaneReport[];
  /** Lanes that are counted in `totals` and not listed. */
  readonly lanesOmitted: number;
  readonly totals: Totals;
  /** What is not shown, or shown with less certainty, and why: one sentence each. */
  readonly notes: readonly string[];
}

export interface PortsReport {
  /** The ephemeral range, both ends inclusive. */
  readonly low: number;
  readonly high: number;
  readonly size: number;
  /** Ports of the range that `ip_local_reserved_ports` excludes. */
  readonly reserved: number;
  /** Ports of the range that `connect()` skips for every lane, because a socket was explicitly bound to them. */
  readonly blocked: number;
  /** size − reserved − blocked. */
  readonly usable: number;
  /** Who blocks: a group for each kind, address and owner. */
  readonly blockers: readonly BlockerReport[];
}

export type BlockerKind = 'listener' | 'bound-idle' | 'bound-before-connect';

export interface BlockerReport {
  readonly kind: BlockerKind;
  /** The local address that the sockets are bound to. */
  readonly address: string;
  /** The ports, as `ip_local_reserved_ports` would list them: `41000-41003,42000`. */
  readonly ports: string;
  readonly count: number;
  readonly processes: readonly ProcessReport[];
}

export interface SettingsReport {
  readonly tcpTwReuse: number | null;
  readonly tcpTwReuseDelaySeconds: number | null;
  readonly tcpTimestamps: number | null;
  readonly tcpMaxTwBuckets: number | null;
  readonly tcpFinTimeoutSeconds: number | null;
}

/** A lane as its census knows it, what is to become of it, and whose it is. */
export interface LaneReport extends Omit<LaneUse, 'index' | 'cgroupId'> {
  readonly secondsToCliff: number | null;
  readonly secondsToExhaustion: number | null;
  readonly settlesAt: number | null;
  /** Of its live sockets: TIME_WAIT ones belong to nobody. Those with most sockets first. */
  readonly processes: readonly ProcessReport[];
  /** The systemd unit, container or pod of one of its live sockets, by its cgroup; null where none is known. */
  readonly unit: string | null;
}

export interface ProcessReport {
  readonly pid: number;
  readonly name: string;
  /** Its systemd unit, container or pod, null where none is known. */
  readonly unit: string | null;
  readonly sockets: number;
}

export type Severity = 'info' | 'warning' | 'critical';

export interface FindingReport {
  readonly code: string;
  readonly severity: Severity;
  readonly namespace: string | null;
  readonly lane: { readonly source: string; readonly destination: string; readonly port: number } | null;
  /** One sentence. */
  readonly summary: string;
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly remedies: readonly RemedyReport[];
}

export interface RemedyReport {
  readonly id: string;
  readonly slots: number | null;
  readonly opensPerSecond: number | null;
  readonly safe: boolean | null;
  readonly reason: string;
  readonly command: string | null;
}
