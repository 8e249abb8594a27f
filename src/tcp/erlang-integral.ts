import { integrate } from './integral.ts';

/** Where the integrand is e^−38 of its peak, a double tells it from nothing no longer. */
const DEPTH = 38;

/** The logarithm of what a double can hold, about. */
const LARGEST_EXPONENT = 700;

/**
 * Erlang's loss formula for any number of slots, whole or not, few or more than could be counted: the integral that it is,
 * 1/B(c, a) = a·∫ e^(−a·y)·(1 + y)^c dy over y from 0 on. To eight digits, up to a million million slots to five; takes
 * the same time for each.
 *
 * @param slots 0 or more
 * @param erlangs the load, 0 or more
 */
export function erlangBIntegral(slots: number, erlangs: number): number {
  if (slots === 0) return 1;
  if (erlangs === 0) return 0;
  if (erlangs === Number.POSITIVE_INFINITY) return 1;
  const exponent = (y: number): number => slots * Math.log1p(y) - erlangs * y;
  const peak = Math.max(0, slots / erlangs - 1);
  const highest = exponent(peak);
  if (!(highest < LARGEST_EXPONENT)) return 0;
  const drop = (distance: number): number => highest - exponent(peak + distance);
  const slope = peak === 0 ? erlangs - slots : 0;
  const curvature = peak === 0 ? slots : erlangs ** 2 / slots;
  const width = 1 / Math.max(slope / DEPTH, Math.sqrt(curvature / (2 * DEPTH)));
  const integrand = (y: number): number => Math.exp(exponent(y) - highest);
  const sum =
    integrate(integrand, peak, peak + widened(width, drop, Number.POSITIVE_INFINITY)) +
    integrate(integrand, peak - widened(width, (distance) => drop(-distance), peak), peak);
  return Math.exp(-highest) / (erlangs * sum);
}

/** A distance, from a first guess on, at which the integrand is as good as nothing; or the most there is. */
function widened(width: number, drop: (distance: number) => number, most: number): number {
  let distance = Math.min(width, most);
  while (distance < most && drop(distance) < DEPTH) distance = Math.min(1.5 * distance, most);
  return distance;
}
