import type { LaneUse } from '../census/lane-use.ts';
import type { Totals } from '../census/totals.ts';
import type { ProcessRef } from '../linux/socket-source.ts';
import type { Instruction } from '../remedies/instruction.ts';
import type { Effort } from '../remedies/remedy.ts';
import type { NetworkQuality } from '../tcp/network-quality.ts';

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
  /**
   * What eBPF counts while a spread is attached (`fix spread-sources`, `spread-destinations`): lanes that a connection was
   * tried on, whether they hold a slot now or not, and are among `lanes` or not; most refusals first. Null where nothing
   * counts, or it may not be read: a note says so then.
   */
  readonly counted: readonly CountedLaneReport[] | null;
  /** Lanes that are counted in `totals` and not listed. */
  readonly lanesOmitted: number;
  readonly totals: Totals;
  /** What is not shown, or shown with less certainty, and why: one sentence each. */
  readonly notes: readonly string[];
}

/** A lane by what became of the connections that were tried on it, whatever process or device they were of. */
export interface CountedLaneReport {
  /** An address, or the IPv6 prefix whose addresses are counted as one; null: all sources are. */
  readonly source: string | null;
  readonly destination: string;
  readonly port: number;
  /** Calls of connect() since then. */
  readonly attempts: number;
  /** Of these, how many found no free slot and failed with EADDRNOTAVAIL. */
  readonly refusals: number;
  /** When the spread that counts was attached: RFC 3339, UTC. Both counts only grow, and begin anew with another one. */
  readonly since: string;
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
  /** How long a slot is held in TIME_WAIT on average: 60 s, and half a granule of the kernel's timers. */
  readonly timeWaitSeconds: number | null;
}

/** A lane as its census knows it, what is to become of it, and whose it is. */
export interface LaneReport extends Omit<LaneUse, 'index' | 'cgroupId'> {
  /** What `opensPerSecond` was chosen from. */
  readonly rates: RatesReport;
  /** How long a connection of it lives on average: live / opensPerSecond, or closes per second where it grows. */
  readonly holdSeconds: number | null;
  /** Whether tcp_tw_reuse applies to its TIME_WAIT slots. */
  readonly reuse: boolean | null;
  /** How many used slots make the cliff: from there connect() is slow; null where it has none. */
  readonly cliffAt: number | null;
  /** 0 for a lane that is past the cliff; null where it will not reach it, or that is not known. */
  readonly secondsToCliff: number | null;
  /** 0 for a lane without a free slot; null where it will always have one, or that is not known. */
  readonly secondsToExhaustion: number | null;
  /** The utilization at which it stays with its present load; null where it runs out, or that is not known. */
  readonly settlesAt: number | null;
  /** What live connections tell of the network; `samples` is 0 where none lives; null where that was not asked. */
  readonly network: NetworkQuality | null;
  /** Of its live sockets: TIME_WAIT ones belong to nobody. Those with most sockets first. */
  readonly processes: readonly ProcessReport[];
  /** The systemd unit, container or pod of one of its live sockets, by its cgroup; null where none is known. */
  readonly unit: string | null;
  /**
   * How many connections were tried on it since a spread was attached, which counts them (see `counted`); null where none
   * does, or counts it together with other lanes.
   */
  readonly attempts: number | null;
  /** Of these, how many found no free slot (EADDRNOTAVAIL): exact; null like `attempts`. */
  readonly refusals: number | null;
}

/** New connections per second over the last second, ten seconds and minute. */
export interface RatesReport {
  readonly second: number | null;
  readonly tenSeconds: number | null;
  readonly minute: number | null;
}

export interface ProcessReport {
  readonly pid: number;
  readonly name: string;
  /** Its systemd unit, container or pod, null where none is known. */
  readonly unit: string | null;
  readonly sockets: number;
}

export type Severity = 'info' | 'warning' | 'critical';

/** Something wrong or about to be, with its evidence. */
export interface FindingReport {
  /** Stable: `lane-exhausted`. */
  readonly code: string;
  readonly severity: Severity;
  readonly namespace: string | null;
  /** The inode of that namespace's file: it tells namespaces apart that have no name. */
  readonly namespaceInode: number | null;
  readonly lane: { readonly source: string; readonly destination: string; readonly port: number } | null;
  /** One sentence. */
  readonly summary: string;
  /** Why it is so, and what it means: a few sentences. */
  readonly explanation: string;
  readonly evidence: Readonly<Record<string, unknown>>;
  /** What helps, the best first. */
  readonly remedies: readonly RemedyReport[];
  /** What is often advised and does not help here. */
  readonly unhelpful: readonly UnhelpfulReport[];
}

export interface UnhelpfulReport {
  readonly what: string;
  /** One sentence. */
  readonly why: string;
}

export interface RemedyReport {
  /** Stable: `tcp-tw-reuse`. */
  readonly id: string;
  readonly title: string;
  /** The slots of the lane after it; null where that is not known. */
  readonly slots: number | null;
  /** The opens per second that the lane can sustain after it; null where not known, or not bounded by ports. */
  readonly opensPerSecond: number | null;
  /** By how much it multiplies what the lane can sustain or, where that is not known, its slots; null where unbounded. */
  readonly gain: number | null;
  /** null where that cannot be judged. */
  readonly safe: boolean | null;
  /** Why it is safe or is not, with the figures measured. */
  readonly reason: string;
  readonly effort: Effort;
  /** Whether this kernel and its settings allow it. */
  readonly possible: boolean;
  /** What it needs and this machine lacks, one sentence each. */
  readonly missing: readonly string[];
  /** What has this program do it: `fourtuple fix tcp-tw-reuse --apply`; null where it cannot. */
  readonly fix: string | null;
  /** What to type in a shell to do it by hand; null where it is no command. */
  readonly command: string | null;
  /** What a person types, and where, the best first. */
  readonly instructions: readonly Instruction[];
}
