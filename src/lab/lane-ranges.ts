import { type PortRange, rangeSize } from '../tcp/port-range.ts';

/** Filled and drained in a moment, and wide enough that a slot more or less is seen. */
export const SHORT_RANGE: PortRange = { low: 40_000, high: 40_999 };

/** A lane of more is not filled in a moment. */
export const MANY_PORTS = 4_096;

/** A range without its last port where their number is odd: of such a range connect() may leave out one (`__inet_hash_connect()`). */
export function evenRange(range: PortRange): PortRange {
  return { low: range.low, high: range.high - (rangeSize(range) % 2) };
}
