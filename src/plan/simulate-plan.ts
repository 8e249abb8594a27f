import { FourtupleError } from '../tcp/error.ts';
import { formatSeconds } from '../tcp/number-text.ts';
import type { PlanReport, TierAnswer } from './answer.ts';
import type { PlanSimulation, TierSimulation } from './plan-simulation.ts';
import { narrowestPool, tierPools } from './pools.ts';
import { DayCurve } from './simulation/day-curve.ts';
import { splitMix32 } from './simulation/random.ts';
import { simulateRuns } from './simulation/runs.ts';
import type { SimulatedTier } from './simulation/simulated-tier.ts';
import type { Tier, Topology, Traffic } from './topology.ts';

export interface SimulationRequest {
  readonly seconds: number;
  readonly runs: number;
  readonly seed: number;
  /** Called now and then with the share that is done, 0 to 1. */
  onProgress(share: number): void;
}

/** A tier that can be simulated. */
interface Simulable {
  readonly name: string;
  readonly simulated: SimulatedTier;
  readonly warmUpSeconds: number;
  readonly seed: number;
}

/** So many mean lives after the first connection, as good as all of those that came with it have ended. */
const LIVES = 3;

/**
 * Simulates every tier that has traffic, each by itself and for the whole time: the slots that end first. Lanes that share
 * slots, of a source address or a gateway, are simulated as one, and their kept connections as those of one.
 *
 * @throws FourtupleError FT_ARGUMENT where none has, or the time is too short for one; FT_UNSUPPORTED where there are only
 *   gateways that do not try all of their ports
 */
export function simulatePlan({ tiers }: Topology, report: PlanReport, request: SimulationRequest): PlanSimulation {
  const loaded = tiers.filter(({ traffic }) => traffic !== null && arrivalsPerSecond(traffic) > 0);
  if (loaded.length === 0) {
    throw new FourtupleError('FT_ARGUMENT', '--simulate opens connections, and there is no rate: give one', {
      hint: 'With flags it is --rate, in a file the rate of the traffic.',
    });
  }
  const notSimulated = loaded.flatMap(({ name, via }) =>
    via === null || via.tries === null ? [] : [{ tier: name, reason: `${via.title} does not try all of its ports` }],
  );
  const [first] = notSimulated;
  if (first !== undefined && notSimulated.length === loaded.length) {
    const title = loaded[0]?.via?.title ?? first.tier;
    throw new FourtupleError('FT_UNSUPPORTED', `${title} cannot be simulated: it does not try all of its ports`, {
      hint: 'Leave out --simulate: the arithmetic counts it in.',
    });
  }
  const simulable = tiers.flatMap((tier, index) => {
    const answer = report.tiers[index];
    const isLeftOut = !loaded.includes(tier) || notSimulated.some((other) => other.tier === tier.name);
    const seed = index === 0 ? request.seed : splitMix32(~request.seed, index);
    return isLeftOut || answer === undefined ? [] : [simulableTier(tier, answer, seed)];
  });
  for (const tier of simulable) checkTime(tier, request.seconds);
  const { seconds, seed } = request;
  return { seconds, seed, tiers: simulateAll(simulable, request), notSimulated };
}

function simulableTier(tier: Tier, answer: TierAnswer, seed: number): Simulable {
  const { holdSeconds, hold, pattern, laneChoice, retries, ...traffic } = tier.traffic as Traffic;
  const { model, kept } = narrowestPool(tierPools(tier));
  const { lanes, afterCloseSeconds } = model;
  const { roundTripSeconds, requestsPerConnection } = traffic;
  return {
    name: tier.name,
    seed,
    warmUpSeconds: LIVES * holdSeconds + 2 * roundTripSeconds + afterCloseSeconds,
    simulated: {
      ...{ lanes, slotsPerLane: Math.floor(model.slotsPerLane), firstPassPorts: answer.cliffAt },
      ...{ opensPerSecond: arrivalsPerSecond(tier.traffic as Traffic), pattern, laneChoice, retries },
      ...{ holdSeconds, hold, roundTripSeconds, afterCloseSeconds },
      kept: kept === 0 ? null : { connections: kept, requestsPerConnection },
    },
  };
}

/** Connections or, where some are kept, requests; of a day where its share is 1, and none where all shares are 0. */
function arrivalsPerSecond({ pattern, keptPerLane, requestsPerSecond, requestsPerConnection }: Traffic): number {
  if (pattern.kind === 'day' && pattern.shares.every((share) => share === 0)) return 0;
  return keptPerLane > 0 ? requestsPerSecond : requestsPerSecond / requestsPerConnection;
}

function checkTime({ name, warmUpSeconds }: Simulable, seconds: number): void {
  if (seconds > warmUpSeconds) return;
  const message = `--simulate: ${formatSeconds(seconds)} is too short to tell anything of ${name}`;
  throw new FourtupleError('FT_ARGUMENT', message, {
    hint: `The first ${formatSeconds(warmUpSeconds)} are not counted, for slots are held so long: give ten times as much.`,
  });
}

/** What is done is told by arrivals: a tier with ten times as many takes ten times as long. */
function simulateAll(tiers: readonly Simulable[], { seconds, runs, onProgress }: SimulationRequest): TierSimulation[] {
  const arrivals = tiers.reduce((sum, { simulated }) => sum + simulated.opensPerSecond, 0);
  let done = 0;
  return tiers.map(({ name, simulated, warmUpSeconds, seed }) => {
    const [begin, part] = [done, simulated.opensPerSecond / arrivals];
    done += part;
    const { pattern } = simulated;
    return {
      ...{ tier: name, warmUpSeconds, seed },
      dayBeginsSeconds: pattern.kind === 'day' ? new DayCurve(pattern.shares).begins(seconds) : null,
      ...simulateRuns(simulated, {
        ...{ seconds, warmUpSeconds, seed, runs },
        onProgress: (share) => onProgress(Math.min(1, begin + part * share)),
      }),
    };
  });
}
