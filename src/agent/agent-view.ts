import type { FindingReport, Report } from '../diagnosis/report.ts';
import type { HistoryReader } from './history/history.ts';
import type { PortMap } from './port-map.ts';
import type { LaneName, Sample } from './sample.ts';

/** All that the outside sees of a running agent: what HTTP serves and metrics are made from. Nothing can be changed by it. */
export interface AgentView {
  /** The last one; null before the first. */
  readonly sample: Sample | null;
  /** What is wrong, as it was examined last; null before the first examination. */
  readonly findings: Findings | null;
  /** null where none is kept. */
  readonly history: HistoryReader | null;
  /** A report of now, with owners and findings: shared by all that ask within a second. */
  report(): Promise<Report>;
  /** null where there is no such namespace or lane in the last sample. */
  portMap(lane: LaneName): PortMap | null;
  health(): AgentHealth;
  /** @returns ends it */
  subscribe(listener: AgentListener): () => void;
}

export interface Findings {
  /** RFC 3339, UTC. */
  readonly takenAt: string;
  readonly findings: readonly FindingReport[];
}

export interface AgentListener {
  sample?(sample: Sample): void;
  findings?(findings: Findings): void;
}

/** What /healthz answers. */
export interface AgentHealth {
  /** Whether the last sample is at most three intervals old. */
  readonly isHealthy: boolean;
  readonly version: string;
  readonly startedAt: string;
  readonly lastSampleAt: string | null;
  readonly intervalSeconds: number;
  /** Why something does not work, a sentence each: the history, the tracepoint. */
  readonly problems: readonly string[];
  readonly counters: AgentCounters;
}

/** Since the agent began: each only grows. */
export interface AgentCounters {
  readonly samples: number;
  /** Samples of single namespaces that failed. */
  readonly failures: number;
  readonly sampleCpuSeconds: number;
  /** Connects that found no port and were told too late to be counted; null where they are not counted. */
  readonly refusalsLost: number | null;
}
