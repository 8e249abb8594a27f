import type { Severity } from '../../diagnosis/report.ts';

/**
 * What `fleet --json` prints. Field names are a promise. Times are in seconds, rates per second, ratios 0 to 1, and what is
 * unknown is null.
 */
export interface FleetReport {
  readonly schema: 1;
  /** The instant that all of it is of, by the clock of Prometheus: RFC 3339, UTC. */
  readonly takenAt: string;
  /** How long all the queries took. */
  readonly durationSeconds: number;
  /** The address of Prometheus, without credentials. */
  readonly prometheus: string;
  readonly machinesTotal: number;
  /** How many machines are in each state: they sum to all. */
  readonly states: Readonly<Record<MachineState, number>>;
  /** The worst first. */
  readonly machines: readonly MachineReport[];
  /** Machines that are counted and not listed. */
  readonly machinesOmitted: number;
  /** What may be missing, and why: one sentence each. */
  readonly notes: readonly string[];
}

/**
 * The worst that is true of a machine:
 * - `refusing`: connects found no port within the last five minutes;
 * - `exhausted`: a lane has no free slot;
 * - `exhausting`: a lane runs out within the hour, and a tenth of it is taken already;
 * - `past-cliff`: connect() is slow on a lane;
 * - `finding`: its agent has another finding that is critical or a warning;
 * - `stale`: its agent answers, and its last sample is old: what is told is of then;
 * - `down`: its agent cannot be scraped: nothing is known;
 * - `healthy`: none of these.
 */
export type MachineState = (typeof MACHINE_STATES)[number];

/** The worst first. */
export const MACHINE_STATES = [
  'refusing',
  'exhausted',
  'exhausting',
  'past-cliff',
  'finding',
  'stale',
  'down',
  'healthy',
] as const;

export interface MachineReport {
  /** Its host, with its port and further labels where others would be called the same. */
  readonly name: string;
  /** What Prometheus gave its target: `instance`, `job` and others. */
  readonly labels: Readonly<Record<string, string>>;
  readonly state: MachineState;
  /** Since its last sample, by the clocks of Prometheus and the machine: below zero where the machine's is ahead. */
  readonly sampleAgeSeconds: number | null;
  /** Of its fullest lane; null where it has none, or that is not known of any. */
  readonly utilization: number | null;
  /** Until its first lane is exhausted; null where that is not within the hour, or not known. */
  readonly secondsToExhaustion: number | null;
  readonly lanesExhausted: number | null;
  readonly lanesPastCliff: number | null;
  /** Connects that found no port within the last five minutes, as Prometheus estimates it; null where not counted. */
  readonly refusedConnects: number | null;
  /** Critical ones first. */
  readonly findings: readonly FleetFinding[];
  /** The worst first. */
  readonly lanes: readonly FleetLane[];
}

export interface FleetFinding {
  readonly code: string;
  readonly severity: Severity;
  readonly count: number;
}

export interface FleetLane {
  readonly namespace: string;
  readonly source: string;
  readonly destination: string;
  readonly port: number;
  /** The interface that its sockets are bound to; null for none. */
  readonly device: string | null;
  readonly slots: number | null;
  readonly used: number | null;
  readonly reclaimable: number | null;
  readonly free: number | null;
  readonly utilization: number | null;
  readonly states: Readonly<Record<string, number>>;
  readonly opensPerSecond: number | null;
  /** How many used slots make the cliff; null where it has none. */
  readonly cliffAt: number | null;
  /** 0 past it; null where it will not reach it, or that is not known. */
  readonly secondsToCliff: number | null;
  /** 0 where no slot is free; null where it will always have one, or that is not known. */
  readonly secondsToExhaustion: number | null;
  /** Whether it is known never to run out with its present load; null where that is not known. */
  readonly settles: boolean | null;
  /** Connects that found no port within the last five minutes; null where not counted. */
  readonly refusedConnects: number | null;
}
