import type { SimulatedRuns } from './simulation/runs.ts';

/** `plan --simulate`: the tier that gives out first, connection by connection. */
export interface PlanSimulation extends SimulatedRuns {
  readonly tier: string;
  /** Of each run. */
  readonly seconds: number;
  /** Of these, not counted at the beginning, when all slots are free. */
  readonly warmUpSeconds: number;
  readonly seed: number;
}
