/** What the agent answers with, as far as the page reads it. Unknown is null. docs/dashboard.md names the addresses. */

export interface SampleJson {
  readonly takenAt: string;
  readonly host: HostJson;
  readonly cost: CostJson;
  readonly namespaces: readonly NamespaceJson[];
  readonly notes: readonly string[];
}

export interface ReportJson {
  readonly takenAt: string | null;
  readonly host: HostJson;
  readonly namespaces: readonly NamespaceJson[];
  readonly findings: readonly FindingJson[];
}

export interface HostJson {
  readonly name: string | null;
  readonly kernel: string | null;
}

export interface CostJson {
  readonly intervalSeconds: number;
  readonly cpuSeconds: number;
  readonly durationSeconds: number;
}

export interface NamespaceJson {
  readonly inode: number | null;
  readonly name: string | null;
  readonly holder: { readonly pid: number; readonly name: string } | null;
  readonly ports: PortsJson;
  readonly settings: { readonly tcpTwReuse: number | null; readonly timeWaitSeconds: number | null };
  readonly lanes: readonly LaneJson[];
  readonly lanesOmitted: number;
  readonly totals: { readonly lanes: number; readonly used: number; readonly outsideLanes: number | null };
  readonly notes: readonly string[];
}

export interface PortsJson {
  readonly low: number;
  readonly high: number;
  readonly size: number;
  readonly reserved: number;
  readonly blocked: number;
  readonly usable: number;
}

/** What of a lane only a sample has is left out in a report. */
export interface LaneJson {
  readonly source: string;
  readonly destination: string;
  readonly port: number;
  readonly device: string | null;
  readonly slots: number;
  readonly used: number;
  readonly live: number;
  readonly reclaimable: number | null;
  readonly free: number | null;
  readonly utilization: number | null;
  readonly states: Readonly<Record<string, number>>;
  readonly pool: 'lane' | 'source';
  readonly opensPerSecond: number | null;
  readonly holdSeconds: number | null;
  readonly reuse: boolean | null;
  readonly cliffAt: number | null;
  readonly secondsToCliff: number | null;
  readonly secondsToExhaustion: number | null;
  readonly settlesAt: number | null;
  readonly processes: readonly ProcessJson[];
  readonly unit: string | null;
  readonly refusals: number | null;
  readonly refusedConnects?: number | null;
  readonly timeWaitProcesses?: readonly ProcessJson[];
}

export interface ProcessJson {
  readonly pid: number;
  readonly name: string;
  readonly unit: string | null;
  readonly sockets: number;
}

export interface FindingsJson {
  readonly takenAt: string;
  readonly findings: readonly FindingJson[];
}

export type Severity = 'info' | 'warning' | 'critical';

export interface FindingJson {
  readonly code: string;
  readonly severity: Severity;
  readonly namespace: string | null;
  readonly namespaceInode: number | null;
  readonly lane: { readonly source: string; readonly destination: string; readonly port: number } | null;
  readonly summary: string;
  readonly explanation: string;
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly remedies: readonly RemedyJson[];
  readonly unhelpful: readonly { readonly what: string; readonly why: string }[];
}

export interface RemedyJson {
  readonly id: string;
  readonly title: string;
  readonly slots: number | null;
  readonly opensPerSecond: number | null;
  readonly gain: number | null;
  readonly safe: boolean | null;
  readonly reason: string;
  readonly effort: string;
  readonly possible: boolean;
  readonly missing: readonly string[];
  readonly fix: string | null;
  readonly command: string | null;
  readonly instructions: readonly InstructionJson[];
}

export interface InstructionJson {
  readonly where: string;
  readonly text: string;
  readonly note: string | null;
}

export interface PortMapJson {
  readonly takenAt: string;
  readonly ports: string;
}

export interface SpanJson {
  readonly sinceMs: number;
  readonly untilMs: number;
}

export interface SeriesJson {
  readonly namespace: string;
  readonly source: string;
  readonly destination: string;
  readonly port: number;
  readonly device: string | null;
  readonly stepSeconds: number;
  readonly times: readonly number[];
  readonly slots: readonly number[];
  readonly used: readonly number[];
  readonly live: readonly number[];
  readonly reclaimable: readonly (number | null)[];
  readonly opensPerSecond: readonly (number | null)[];
  readonly refusedConnects: readonly (number | null)[];
}
