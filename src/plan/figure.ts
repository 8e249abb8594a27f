/** Digits that a figure of a plan has at least: what it is made from is known to fewer. */
const DIGITS = 4;

/** A figure as a plan gives it: to a tenth, and to four digits at least; null where it has no bound. */
export function figure(value: number): number | null {
  if (!Number.isFinite(value)) return null;
  return Number(value >= 10 ** (DIGITS - 1) ? value.toFixed(1) : value.toPrecision(DIGITS));
}
