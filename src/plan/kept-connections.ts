import { overflowDispersion } from '../tcp/overflow.ts';
import { type Peaks, peakedLoss, peakednessOf } from '../tcp/peaked-loss.ts';
import { dispersionOf, evennessOf, laneDispersion } from './peakedness.ts';
import type { Tier, Traffic } from './topology.ts';

export type LoadedTier = Tier & { readonly traffic: Traffic };

export function isLoaded(tier: Tier): tier is LoadedTier {
  return tier.traffic !== null;
}

/** What the connections that a tier keeps leave of its requests. */
export interface Overflow {
  /** Of requests: those that find all kept connections of their lane busy, and open one of their own; 1 where none is kept. */
  readonly share: number;
  /** Connections that are opened for each request on average, also in the place of kept ones. */
  readonly perRequest: number;
  readonly opensPerSecond: number;
  /**
   * How unevenly the opens of a lane come, in clusters while all kept ones are busy (see peakedness.ts); null where none is
   * kept, and they come as requests do.
   */
  readonly dispersion: number | null;
}

/** So many servers are counted one by one. */
const MOST_COUNTED = 2 ** 20;

/** Below it requests come so evenly that their overflow is even. */
const LEAST_PEAKEDNESS = 1e-3;

/**
 * Kept connections are servers, of which a request takes one for as long as it holds it; one that finds none idle opens a
 * connection that is closed after it. A kept one is closed and opened anew whenever it has carried its requests.
 *
 * @param requestsPerSecond of the whole tier
 */
export function overflowOf(tier: LoadedTier, requestsPerSecond: number): Overflow {
  const { from, to, traffic } = tier;
  const { keptPerLane, requestsPerConnection, laneChoice, holdSeconds } = traffic;
  if (keptPerLane === 0) {
    const opensPerSecond = requestsPerSecond / requestsPerConnection;
    return { share: 1, perRequest: 1 / requestsPerConnection, opensPerSecond, dispersion: null };
  }
  const lanes = from.hosts * from.addresses * to.hosts * to.addresses * to.ports;
  // With least-used all lanes are as one.
  const groups = laneChoice.kind === 'least-used' ? 1 : lanes;
  const [servers, erlangs] = [(keptPerLane * lanes) / groups, (requestsPerSecond * holdSeconds) / groups];
  const dispersion = laneDispersion(dispersionOf(traffic.pattern), laneChoice, lanes);
  const peaks = { dispersion, evenness: evennessOf(traffic, 0) };
  const share = peakedLoss(servers, erlangs, peaks);
  const perRequest = share + (1 - share) / requestsPerConnection;
  return {
    share,
    perRequest,
    opensPerSecond: requestsPerSecond * perRequest,
    dispersion: perRequest === 0 ? 1 : 1 + (share / perRequest) * (clusters(servers, erlangs, peaks) - 1),
  };
}

/** Rates are found to so much of themselves: figures have four digits. */
const PRECISION = 1e-7;

/** The requests per second at which a tier opens so many connections; Infinity where none do. */
export function requestsOpening(tier: LoadedTier, opensPerSecond: number): number {
  const { keptPerLane, holdSeconds, requestsPerConnection } = tier.traffic;
  if (opensPerSecond === 0) return 0;
  if (keptPerLane === 0 || holdSeconds === 0 || opensPerSecond === Number.POSITIVE_INFINITY) {
    return opensPerSecond * requestsPerConnection;
  }
  return highestRate((rate) => overflowOf(tier, rate).opensPerSecond <= opensPerSecond);
}

/** The highest rate at which it is so; 0 where there is none. @param isSo for low rates, and not for high ones */
export function highestRate(isSo: (rate: number) => boolean): number {
  let [low, high] = [0, 1];
  while (isSo(high)) [low, high] = [high, 2 * high];
  while (high - low > PRECISION * high && high > Number.MIN_VALUE) {
    const middle = (low + high) / 2;
    if (isSo(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** As the loss is that of fewer servers where requests are peaked, so is how unevenly they overflow. */
function clusters(servers: number, erlangs: number, peaks: Peaks): number {
  const peakedness = Math.max(LEAST_PEAKEDNESS, peakednessOf(peaks));
  const count = Math.round(servers / peakedness);
  if (erlangs === 0 || count > MOST_COUNTED) return peaks.dispersion;
  return peakedness * overflowDispersion(count, erlangs / peakedness);
}
