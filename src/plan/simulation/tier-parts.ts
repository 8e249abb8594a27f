import { type Arrivals, BurstArrivals, EvenArrivals } from './arrivals.ts';
import { DayArrivals } from './day-arrivals.ts';
import { DayCurve } from './day-curve.ts';
import { HashLanes } from './hash-lanes.ts';
import { type LaneShape, type Lanes, RandomLanes, RoundRobinLanes } from './lanes.ts';
import { LeastUsedLanes } from './least-used-lanes.ts';
import type { Random } from './random.ts';
import type { SimulatedTier, SimulationOptions } from './simulated-tier.ts';

/** Where there is no cliff all slots are tried first. */
export function shapeOf({ lanes, slotsPerLane, firstPassPorts }: SimulatedTier): LaneShape {
  return { lanes, slotsPerLane, firstPassPorts: firstPassPorts ?? slotsPerLane };
}

/** How many connections live at a time, about: all of a burst at least, and no more than there are slots. */
export function expectedLive({
  pattern,
  opensPerSecond,
  holdSeconds,
  roundTripSeconds = 0,
  ...tier
}: SimulatedTier): number {
  const most = pattern.kind === 'day' ? Math.max(...pattern.shares) : 1;
  const atOnce = pattern.kind === 'bursts' ? pattern.size : 1;
  const mean = most * opensPerSecond * (roundTripSeconds + holdSeconds);
  return Math.min(tier.lanes * tier.slotsPerLane, Math.max(mean, atOnce));
}

export function lanesOf({ laneChoice }: SimulatedTier, shape: LaneShape, random: Random): Lanes {
  switch (laneChoice.kind) {
    case 'round-robin':
      return new RoundRobinLanes(shape);
    case 'random':
      return new RandomLanes(shape, random);
    case 'least-used':
      return new LeastUsedLanes(shape);
    case 'hash':
      return new HashLanes(shape, laneChoice.keys, random);
  }
}

export function arrivalsOf(
  { pattern, opensPerSecond }: SimulatedTier,
  { seconds }: SimulationOptions,
  random: Random,
): Arrivals {
  switch (pattern.kind) {
    case 'constant':
      return new EvenArrivals(opensPerSecond);
    case 'poisson':
      return new BurstArrivals(opensPerSecond, 1, random);
    case 'bursts':
      return new BurstArrivals(opensPerSecond, pattern.size, random);
    case 'day': {
      const curve = new DayCurve(pattern.shares);
      return new DayArrivals(opensPerSecond, curve, curve.begins(seconds), random);
    }
  }
}
