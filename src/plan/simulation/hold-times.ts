import type { HoldDistribution } from '../topology.ts';
import { Draws } from './draws.ts';
import type { Random } from './random.ts';

/**
 * How long connections live, in seconds, one after the other.
 *
 * @returns null where every connection lives for the mean
 */
export function drawHoldSeconds(hold: HoldDistribution, mean: number, random: Random): Draws | null {
  if (hold.kind === 'constant' || mean === 0) return null;
  if (hold.kind === 'exponential') return new Draws((numbers) => random.fillExponential(numbers, mean));
  const { deviation } = hold;
  // The mean of a log-normal distribution is exp(location + deviation² / 2).
  const location = Math.log(mean) - deviation ** 2 / 2;
  return new Draws((numbers) => random.fillLogNormal(numbers, location, deviation));
}
