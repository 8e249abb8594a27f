/** Seconds to the microsecond: what clocks and sums of floating numbers add to it says nothing. */
export function rounded(seconds: number): number {
  return Number(seconds.toFixed(6));
}
