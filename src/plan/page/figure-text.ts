import { formatCount, formatRate, formatShare } from '../../tcp/number-text.ts';

/** What stands where a figure was not asked for. */
export const NOT_ASKED = '–';

/** What stands where ports set no bound. */
export const UNBOUNDED = 'not bounded by ports';

/** From here on all digits of a number say less than its power of ten. */
const MANY = 1e15;

/** A count of anything; no bound where it is endless. */
export function countText(count: number | null): string {
  return bounded(count, formatCount, '');
}

/** Opens per second; no bound where it is endless. */
export function rateText(perSecond: number | null): string {
  return bounded(perSecond, formatRate, '/s');
}

/** How many times as much: `1.9`, `115`, `1.0e+18`, `∞`. */
export function multipleText(times: number): string {
  if (times === Number.POSITIVE_INFINITY) return '∞';
  return times >= MANY ? times.toExponential(1) : formatRate(times);
}

/** The rarest refusals that are told apart. */
const RAREST = 1e-9;

/** A probability: `0%`, `under 1 in 1,000,000,000`, `1 in 12,500`, `4.6%`. */
export function probabilityText(probability: number | null): string {
  if (probability === null) return NOT_ASKED;
  if (probability === 0) return '0%';
  if (probability < RAREST) return `under 1 in ${formatCount(1 / RAREST)}`;
  if (probability < 0.001) return `1 in ${formatCount(Number((1 / probability).toPrecision(3)))}`;
  return probability < 0.01 ? `${(100 * probability).toFixed(2)}%` : formatShare(probability);
}

function bounded(value: number | null, format: (value: number) => string, unit: string): string {
  if (value === null) return NOT_ASKED;
  if (!Number.isFinite(value)) return UNBOUNDED;
  return (value >= MANY ? value.toExponential(1) : format(value)) + unit;
}
