import { erfc } from '../tcp/integral.ts';
import type { HoldDistribution, LaneChoice, Traffic, TrafficPattern } from './topology.ts';

/**
 * How unevenly requests come, of a whole tier: the variance of how many come in a long time, by their mean. A day's curve is
 * even as long as slots are held.
 */
export function dispersionOf(pattern: TrafficPattern): number {
  switch (pattern.kind) {
    case 'constant':
      return 0;
    case 'bursts':
      return pattern.size;
    case 'poisson':
    case 'day':
      return 1;
  }
}

/**
 * The same of what goes to one of several lanes. By hash is as at random: the arithmetic takes keys as evenly spread. With
 * least-used all lanes are as one, and this is what goes to that.
 *
 * @param dispersion of the whole tier
 */
export function laneDispersion(dispersion: number, { kind }: LaneChoice, lanes: number): number {
  switch (kind) {
    case 'round-robin':
      return dispersion / lanes;
    case 'least-used':
      return dispersion;
    case 'random':
    case 'hash':
      return 1 + (dispersion - 1) / lanes;
  }
}

/**
 * Whether slots are held equally long: see {@link Peaks} of peaked-loss.ts.
 *
 * @param fixedSeconds that each is held besides, while its connection is opened and closed and after that
 */
export function evennessOf({ hold, holdSeconds }: Pick<Traffic, 'hold' | 'holdSeconds'>, fixedSeconds: number): number {
  const seconds = fixedSeconds + holdSeconds;
  return seconds === 0 ? 1 : (fixedSeconds + holdSeconds * holdEvenness(hold)) / seconds;
}

/** The mean of the shorter one of two times, by the mean of one. */
function holdEvenness(hold: HoldDistribution): number {
  switch (hold.kind) {
    case 'constant':
      return 1;
    case 'exponential':
      return 1 / 2;
    case 'log-normal':
      return erfc(hold.deviation / 2);
  }
}
