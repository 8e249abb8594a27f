import type { Topology } from '../plan/topology.ts';
import { FourtupleError } from '../tcp/error.ts';

const FACTOR = /^(\d+(?:\.\d+)?|\.\d+)$/;

/**
 * Reads how many times as much traffic there is to be: `2`, `1.5`.
 *
 * @returns above 0
 * @throws FourtupleError FT_ARGUMENT
 */
export function parseGrowth(text: string): number {
  const factor = FACTOR.test(text.trim()) ? Number(text) : Number.NaN;
  if (factor > 0 && Number.isFinite(factor)) return factor;
  throw new FourtupleError('FT_ARGUMENT', `'${text}' is not how many times as much: write 2 or 1.5`);
}

/**
 * The same topology with so many times its rates; connections live as long as before.
 *
 * @param factor above 0
 * @throws FourtupleError FT_ARGUMENT where no tier has a rate
 */
export function growTraffic({ tiers }: Topology, factor: number): Topology {
  if (!tiers.some(({ traffic }) => (traffic?.requestsPerSecond ?? 0) > 0)) {
    throw new FourtupleError('FT_ARGUMENT', '--grow multiplies rates, and none is known: leave it out');
  }
  return {
    tiers: tiers.map((tier) => {
      const { traffic } = tier;
      if (traffic === null) return tier;
      return { ...tier, traffic: { ...traffic, requestsPerSecond: factor * traffic.requestsPerSecond } };
    }),
  };
}
