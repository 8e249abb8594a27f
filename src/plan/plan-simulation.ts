import type { SimulatedRuns } from './simulation/runs.ts';

/** `plan --simulate`: every tier that has traffic, connection by connection. */
export interface PlanSimulation {
  /** Of each run. */
  readonly seconds: number;
  readonly seed: number;
  /** In the order of the topology; one at least. */
  readonly tiers: readonly TierSimulation[];
  readonly notSimulated: readonly NotSimulated[];
}

/** One tier; each is simulated by itself. */
export interface TierSimulation extends SimulatedRuns {
  readonly tier: string;
  /** Of the simulated time, not counted at the beginning, when all slots are free. */
  readonly warmUpSeconds: number;
  /** Of its first run. */
  readonly seed: number;
  /** When each run begins, in seconds after midnight; null where traffic does not follow the day. */
  readonly dayBeginsSeconds: number | null;
}

/** A tier with traffic that cannot be simulated, and why: `Some gateway does not try all of its ports`. */
export interface NotSimulated {
  readonly tier: string;
  readonly reason: string;
}
