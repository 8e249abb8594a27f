import { modelSlots } from '../tcp/lane-model.ts';
import type { PlanSimulation } from './plan-simulation.ts';
import { narrowestPool, tierPools } from './pools.ts';
import { cheapestStack, type RemedyStack } from './stack.ts';
import { answerTier, type TierAnswer, tierLoad } from './tier-answer.ts';
import type { Tier, Topology } from './topology.ts';
import { type PlannedRemedy, planRemedies } from './what-if.ts';

export type { RemedyStack } from './stack.ts';
export type { TierAnswer } from './tier-answer.ts';
export type { PlannedRemedy } from './what-if.ts';

/**
 * What becomes of a topology: `plan --json`. Field names are a promise. Times are in seconds, rates per second, ratios 0 to 1;
 * null is not asked for, or not bounded by ports. Figures are given to a tenth, and to four digits at least.
 */
export interface PlanReport {
  readonly schema: 1;
  readonly tiers: readonly TierAnswer[];
  /** The name of the tier whose ports end first: of the highest utilization, or the fewest slots where no traffic is given. */
  readonly exhaustedFirst: string | null;
  /** Each remedy alone, for the tier that is exhausted first, the best first. */
  readonly remedies: readonly PlannedRemedy[];
  /** The cheapest remedies that together reach the target rate; null where none was asked for, or none do. */
  readonly stack: RemedyStack | null;
  /** `plan --simulate`; null where that was not asked for. */
  readonly simulation: PlanSimulation | null;
}

export interface PlanQuestion {
  /** The share of connections that may be refused, above 0 and below 1. */
  readonly refusalProbability: number;
  /** Opens per second that the tier that is exhausted first is to sustain; null where no stack is asked for. */
  readonly targetOpensPerSecond: number | null;
}

/** Answers by arithmetic: 10,000 sources times 1,000 destinations are one lane, so many times. */
export function answerPlan(
  { tiers }: Topology,
  { refusalProbability, targetOpensPerSecond }: PlanQuestion,
): PlanReport {
  const first = exhaustedFirst(tiers);
  return {
    schema: 1,
    tiers: tiers.map((tier) => answerTier(tier, refusalProbability)),
    exhaustedFirst: first?.name ?? null,
    remedies: first === null ? [] : planRemedies(first),
    stack: first === null || targetOpensPerSecond === null ? null : cheapestStack(first, targetOpensPerSecond),
    simulation: null,
  };
}

/** Tiers without traffic count only where none has any; of equal ones the first. */
function exhaustedFirst(tiers: readonly Tier[]): Tier | null {
  const loaded = tiers.filter(({ traffic }) => traffic !== null);
  return loaded.length > 0
    ? greatest(loaded, (tier) => tierLoad(tier) ?? 0)
    : greatest(tiers, (tier) => -modelSlots(narrowestPool(tierPools(tier)).model));
}

function greatest(tiers: readonly Tier[], measure: (tier: Tier) => number): Tier | null {
  let [first, most]: [Tier | null, number] = [null, Number.NEGATIVE_INFINITY];
  for (const tier of tiers) {
    const measured = measure(tier);
    if (measured > most) [first, most] = [tier, measured];
  }
  return first;
}
