import { FourtupleError } from '../tcp/error.ts';
import { formatSeconds } from '../tcp/number-text.ts';
import type { PlanReport } from './answer.ts';
import type { PlanSimulation } from './plan-simulation.ts';
import { simulateRuns } from './simulation/runs.ts';
import type { Topology } from './topology.ts';

export interface SimulationRequest {
  readonly seconds: number;
  readonly runs: number;
  readonly seed: number;
  /** Called now and then with the share that is done, 0 to 1. */
  onProgress(share: number): void;
}

/** So many mean lives after the first connection, as good as all of those that came with it have ended. */
const LIVES = 3;

/**
 * Simulates the tier that gives out first: connections come at random, and each goes to a lane at random.
 *
 * @throws FourtupleError FT_ARGUMENT where it has no traffic, or the time is too short; FT_UNSUPPORTED for a gateway that
 *   does not try all of its ports
 */
export function simulatePlan(topology: Topology, report: PlanReport, request: SimulationRequest): PlanSimulation {
  const index = report.tiers.findIndex(({ name }) => name === report.exhaustedFirst);
  const [tier, answer] = [topology.tiers[index], report.tiers[index]];
  const opensPerSecond = answer?.opensPerSecond ?? 0;
  if (tier === undefined || answer === undefined || tier.traffic === null || opensPerSecond === 0) {
    throw new FourtupleError('FT_ARGUMENT', '--simulate opens connections, and there is no rate: give one', {
      hint: 'With flags it is --rate, in a file the rate of the traffic.',
    });
  }
  if (tier.via !== null && tier.via.tries !== null) {
    throw new FourtupleError(
      'FT_UNSUPPORTED',
      `${tier.via.title} cannot be simulated: it does not try all of its ports`,
      {
        hint: 'Leave out --simulate: the arithmetic counts it in.',
      },
    );
  }
  const { holdSeconds, hold, pattern, laneChoice, retries } = tier.traffic;
  const { lanes, slotsPerLane, afterCloseSeconds } = answer;
  const warmUpSeconds = LIVES * holdSeconds + (afterCloseSeconds ?? 0);
  const { seconds, runs, seed, onProgress } = request;
  if (seconds <= warmUpSeconds) {
    throw new FourtupleError('FT_ARGUMENT', `--simulate: ${formatSeconds(seconds)} is too short to tell anything`, {
      hint: `The first ${formatSeconds(warmUpSeconds)} are not counted, for slots are held so long: give ten times as much.`,
    });
  }
  const simulated = simulateRuns(
    {
      ...{ lanes, slotsPerLane: Math.floor(slotsPerLane), opensPerSecond, holdSeconds, hold },
      ...{ afterCloseSeconds: afterCloseSeconds ?? 0, pattern, laneChoice, retries },
    },
    { seconds, warmUpSeconds, seed, runs, onProgress },
  );
  return { tier: tier.name, seconds, warmUpSeconds, seed, ...simulated };
}
