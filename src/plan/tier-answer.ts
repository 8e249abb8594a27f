import { firstPassPorts, utilization } from '../tcp/capacity.ts';
import { erlangsFor } from '../tcp/erlang.ts';
import { modelMeanUsed, modelSlots, modelSustainableOpensPerSecond } from '../tcp/lane-model.ts';
import { figure } from './figure.ts';
import { hostPorts, narrowestPool, type Pool, poolLoss, tierOpensPerSecond, tierPools } from './pools.ts';
import type { Tier, Traffic } from './topology.ts';

/** One tier in numbers: of the slots that end first, where it has others too (a gateway's, and the hosts' own). */
export interface TierAnswer {
  readonly name: string;
  /** How many have slots of their own: lanes or, where sockets are bound before they connect, source addresses. */
  readonly lanes: number;
  readonly slotsPerLane: number;
  readonly slots: number;
  /** The most connections at once: all slots, or the other ones where these are fewer. */
  readonly concurrency: number;
  /** Used slots of one lane from which on connect() is slow; null where there is no cliff: connect() gives none of the slots. */
  readonly cliffAt: number | null;
  readonly opensPerSecond: number | null;
  readonly holdSeconds: number | null;
  readonly afterCloseSeconds: number | null;
  /** The mean, by Little's law; more than the slots where the rate cannot be sustained. */
  readonly used: number | null;
  /** used / slots, at most 1. */
  readonly utilization: number | null;
  /** Opens per second at which the mean of used slots equals the slots. */
  readonly sustainableOpensPerSecond: number | null;
  /** Opens per second at which connections that come at random are refused with at most the asked probability. */
  readonly safeOpensPerSecond: number | null;
  /** Of connections that come at random, evenly over all lanes (Erlang B; see limited-search.ts for gateways that do not try all). */
  readonly refusalProbability: number | null;
}

type TrafficFigures = Omit<TierAnswer, 'name' | 'lanes' | 'slotsPerLane' | 'slots' | 'concurrency' | 'cliffAt'>;

const NO_TRAFFIC: TrafficFigures = {
  opensPerSecond: null,
  holdSeconds: null,
  afterCloseSeconds: null,
  used: null,
  utilization: null,
  sustainableOpensPerSecond: null,
  safeOpensPerSecond: null,
  refusalProbability: null,
};

/**
 * Answers for one tier, in a time that does not depend on how many lanes it has: they are alike.
 *
 * @param refusalProbability the share of connections that may be refused, above 0 and below 1
 */
export function answerTier(tier: Tier, refusalProbability: number): TierAnswer {
  const pools = tierPools(tier);
  const narrowest = narrowestPool(pools);
  return {
    name: tier.name,
    lanes: narrowest.model.lanes,
    slotsPerLane: narrowest.model.slotsPerLane,
    slots: modelSlots(narrowest.model),
    concurrency: Math.min(...pools.map(({ model }) => modelSlots(model))),
    cliffAt: narrowest.of === 'lane' ? firstPassPorts(hostPorts(tier.settings)) : null,
    ...(tier.traffic === null ? NO_TRAFFIC : trafficFigures(narrowest, tier.traffic, refusalProbability)),
  };
}

/** How often the tier's slots are used, by the mean: above 1 where the rate cannot be sustained; null without traffic. */
export function tierLoad(tier: Tier): number | null {
  if (tier.traffic === null) return null;
  const { model } = narrowestPool(tierPools(tier));
  const slots = modelSlots(model);
  return slots === 0 ? Number.POSITIVE_INFINITY : modelMeanUsed(model, tierOpensPerSecond(tier.traffic)) / slots;
}

function trafficFigures(pool: Pool, traffic: Traffic, refusalProbability: number): TrafficFigures {
  const { model } = pool;
  const opens = tierOpensPerSecond(traffic);
  const [slots, used] = [modelSlots(model), modelMeanUsed(model, opens)];
  const loss = poolLoss(pool);
  const safeErlangs = model.lanes * erlangsFor(Math.floor(model.slotsPerLane), refusalProbability, loss);
  return {
    opensPerSecond: figure(opens),
    holdSeconds: model.holdSeconds,
    afterCloseSeconds: model.afterCloseSeconds,
    used: figure(used),
    utilization: figure(utilization(slots, slots - used)),
    sustainableOpensPerSecond: figure(modelSustainableOpensPerSecond(model)),
    safeOpensPerSecond: figure(safeErlangs / modelMeanUsed(model, 1)),
    refusalProbability: figure(loss(used / model.lanes)),
  };
}
