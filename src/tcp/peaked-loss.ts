import { burstLoss } from './burst-loss.ts';
import { erlangB } from './erlang.ts';
import { erlangBIntegral } from './erlang-integral.ts';

/** How connections come, beside how many. */
export interface Peaks {
  /** The variance of how many come in a long time, by their mean: 1 where they come at random, 0 where they come evenly. */
  readonly dispersion: number;
  /**
   * Of two connections of the same instant, the mean time that both hold their slot, by the mean time that one does: 1 where
   * all hold it equally long, 1/2 where the times are exponential.
   */
  readonly evenness: number;
}

/** So many slots are counted one by one; of more the integral is taken. */
const MOST_COUNTED = 2 ** 20;

/** In lanes with room for so many bursts the approximation is as good as they themselves, and takes less time. */
const MANY_BURSTS = 256;

/** Below it slots are held as evenly as if nothing were random. */
const SMALLEST = 1e-12;

/** The variance of the slots that would be held if there were enough, by their mean; 1 where connections come at random. */
export function peakednessOf({ dispersion, evenness }: Peaks): number {
  return 1 + (dispersion - 1) * evenness;
}

/**
 * What share of connections finds no free slot where they do not come at random. With the peakedness z of the held slots it
 * is that of c/z slots and a/z erlangs which do (Hayward's approximation): exact at z = 1, and at 0, where all that is more
 * than the slots is lost; else within a third where the loss is about a hundredth and the slots are more than ten times z.
 * Bursts that are larger than that beside the slots lose more: no less than {@link burstLoss} says of them.
 *
 * @param slots 0 or more, whole or not
 * @param erlangs the load, 0 or more
 */
export function peakedLoss(slots: number, erlangs: number, peaks: Peaks): number {
  const z = peakednessOf(peaks);
  if (slots === 0) return 1;
  if (erlangs === 0) return 0;
  if (z < SMALLEST) return Math.max(0, 1 - slots / erlangs);
  const isCounted = slots <= MOST_COUNTED;
  if (z === 1) return isCounted && Number.isInteger(slots) ? erlangB(slots, erlangs) : erlangBIntegral(slots, erlangs);
  const smooth = erlangBIntegral(slots / z, erlangs / z);
  if (peaks.dispersion <= 1 || !isCounted || slots > MANY_BURSTS * peaks.dispersion) return smooth;
  return Math.max(smooth, burstLoss(Math.floor(slots), erlangs, peaks.dispersion));
}
