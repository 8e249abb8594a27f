import { firstPassPorts, utilization } from '../tcp/capacity.ts';
import { modelMeanUsed, modelSlots, modelSustainableOpensPerSecond } from '../tcp/lane-model.ts';
import { figure } from './figure.ts';
import { isLoaded, type LoadedTier, overflowOf, requestsOpening } from './kept-connections.ts';
import { hostPorts, narrowestPool, type Pool, roomOf, tierPools } from './pools.ts';
import { Refusals } from './refusals.ts';
import type { Tier } from './topology.ts';
import { peakRequestsPerSecond } from './traffic-peak.ts';

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
  /** Of a day's curve at its peak, as all that follows. */
  readonly requestsPerSecond: number | null;
  /** Connections that are kept, of all lanes: they hold as many slots. */
  readonly keptConnections: number | null;
  /** Of requests: those that one of these carries. */
  readonly keptShare: number | null;
  readonly opensPerSecond: number | null;
  /** While its connection is opened, lives and is closed: the traffic's hold, and two round trips. */
  readonly holdSeconds: number | null;
  readonly afterCloseSeconds: number | null;
  /**
   * The mean, by Little's law: keptConnections + opensPerSecond × (holdSeconds + afterCloseSeconds); more than the slots where
   * the rate cannot be sustained.
   */
  readonly used: number | null;
  /** used / slots, at most 1. */
  readonly utilization: number | null;
  /** Opens per second at which the mean of used slots equals the slots. */
  readonly sustainableOpensPerSecond: number | null;
  /** Requests per second that make as many opens: where connections are kept, of more requests more find them all busy. */
  readonly sustainableRequestsPerSecond: number | null;
  /** Opens per second at which connections that come by the traffic's pattern are refused with at most the asked probability. */
  readonly safeOpensPerSecond: number | null;
  /**
   * Of connections, the share that is refused at the last try (see refusals.ts). Where they come at random, over lanes chosen
   * at random, it is Erlang B; see limited-search.ts for gateways that do not try all of their slots.
   */
  readonly refusalProbability: number | null;
}

type TrafficFigures = Omit<TierAnswer, 'name' | 'lanes' | 'slotsPerLane' | 'slots' | 'concurrency' | 'cliffAt'>;

const NO_TRAFFIC: TrafficFigures = {
  requestsPerSecond: null,
  keptConnections: null,
  keptShare: null,
  opensPerSecond: null,
  holdSeconds: null,
  afterCloseSeconds: null,
  used: null,
  utilization: null,
  sustainableOpensPerSecond: null,
  sustainableRequestsPerSecond: null,
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
    ...(isLoaded(tier) ? trafficFigures(tier, narrowest, refusalProbability) : NO_TRAFFIC),
  };
}

/** How often the tier's slots are used, by the mean: above 1 where the rate cannot be sustained; null without traffic. */
export function tierLoad(tier: Tier): number | null {
  if (!isLoaded(tier)) return null;
  const pool = narrowestPool(tierPools(tier));
  const slots = modelSlots(pool.model);
  const { opensPerSecond } = overflowOf(tier, peakRequestsPerSecond(tier.traffic));
  return slots === 0 ? Number.POSITIVE_INFINITY : meanUsed(pool, opensPerSecond) / slots;
}

function meanUsed({ model, kept }: Pool, opensPerSecond: number): number {
  return kept + modelMeanUsed(model, opensPerSecond);
}

function trafficFigures(tier: LoadedTier, pool: Pool, refusalProbability: number): TrafficFigures {
  const { model, kept } = pool;
  const requests = peakRequestsPerSecond(tier.traffic);
  const { opensPerSecond, share } = overflowOf(tier, requests);
  const [slots, used] = [modelSlots(model), meanUsed(pool, opensPerSecond)];
  const sustainable = modelSustainableOpensPerSecond(roomOf(pool));
  const refusals = new Refusals(tier, pool);
  return {
    requestsPerSecond: figure(requests),
    keptConnections: figure(kept),
    keptShare: figure(1 - share),
    opensPerSecond: figure(opensPerSecond),
    holdSeconds: model.holdSeconds,
    afterCloseSeconds: model.afterCloseSeconds,
    used: figure(used),
    utilization: figure(utilization(slots, slots - used)),
    sustainableOpensPerSecond: figure(sustainable),
    sustainableRequestsPerSecond: figure(requestsOpening(tier, sustainable)),
    safeOpensPerSecond: figure(refusals.safeOpensPerSecond(refusalProbability)),
    refusalProbability: figure(refusals.share(requests)),
  };
}
