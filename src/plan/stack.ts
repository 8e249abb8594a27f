import type { Machine } from '../remedies/machine.ts';
import { EFFORTS, type Remedy } from '../remedies/remedy.ts';
import { modelSlots, modelSustainableOpensPerSecond } from '../tcp/lane-model.ts';
import { assumedMachine } from './assumed-machine.ts';
import { figure } from './figure.ts';
import { narrowestPool, type Pool, roomOf, tierPools } from './pools.ts';
import { possibleRemedies, remediedPools } from './remedied-pools.ts';
import type { Tier } from './topology.ts';

/** Remedies that together reach a rate. */
export interface RemedyStack {
  readonly tier: string;
  readonly targetOpensPerSecond: number;
  /** In the order of the catalog; empty where none is needed. */
  readonly remedies: readonly string[];
  readonly slots: number;
  readonly sustainableOpensPerSecond: number | null;
}

/** More at once nobody does; of 16 remedies there are 2,517 sets of at most so many. */
const MOST_REMEDIES = 4;

/** Remedies taken together, in the order of the catalog. */
interface Candidate {
  readonly remedies: readonly Remedy[];
  readonly pools: readonly Pool[];
  readonly cost: number;
}

/**
 * The cheapest remedies with which a tier sustains a rate: the fewest of the greatest effort, then of the next, and so on
 * down to commands; of those that cost the same, the first in the order of the catalog.
 *
 * @returns null where no traffic is given, or no four remedies reach the rate
 */
export function cheapestStack(tier: Tier, targetOpensPerSecond: number): RemedyStack | null {
  if (tier.traffic === null) return null;
  const machine = assumedMachine(tier.settings);
  const sets = candidates(tierPools(tier), possibleRemedies(tier, machine), machine).sort((a, b) => a.cost - b.cost);
  for (const { remedies, pools } of sets) {
    const pool = narrowestPool(pools);
    const sustained = modelSustainableOpensPerSecond(roomOf(pool));
    if (sustained < targetOpensPerSecond) continue;
    const ids = remedies.map(({ id }) => id);
    const figures = { slots: modelSlots(pool.model), sustainableOpensPerSecond: figure(sustained) };
    return { tier: tier.name, targetOpensPerSecond, remedies: ids, ...figures };
  }
  return null;
}

/** All sets, each made from a smaller one and a remedy that comes later in the catalog. */
function candidates(pools: readonly Pool[], remedies: readonly Remedy[], machine: Machine): Candidate[] {
  const all: Candidate[] = [];
  const grow = (set: Candidate, next: number): void => {
    all.push(set);
    if (set.remedies.length === MOST_REMEDIES) return;
    for (const [index, remedy] of remedies.slice(next).entries()) {
      const more = remediedPools(set.pools, remedy, machine);
      const cost = set.cost + effortCost(remedy);
      grow({ remedies: [...set.remedies, remedy], pools: more, cost }, next + index + 1);
    }
  };
  grow({ remedies: [], pools, cost: 0 }, 0);
  return all;
}

/** So that one of a greater effort costs more than as many of a smaller one as there can be. */
function effortCost({ effort }: Remedy): number {
  return (MOST_REMEDIES + 1) ** EFFORTS.indexOf(effort);
}
