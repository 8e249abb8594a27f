/**
 * At how many ports `connect()` looks on average until it has found a free one, itself included, where the free ones lie at
 * random: those of the range's low parity first, and the others where all of these are taken (`__inet_hash_connect()`).
 *
 * @param passes how many ports each pass has, in their order: `[14116, 14116]`, or all in one
 * @param used how many are taken, those of the first pass first
 * @returns all of them where none is free
 */
export function meanPortsLookedAt(passes: readonly number[], used: number): number {
  let [looked, left] = [0, used];
  for (const ports of passes) {
    const taken = Math.min(ports, left);
    if (taken < ports) return looked + (ports + 1) / (ports - taken + 1);
    looked += ports;
    left -= ports;
  }
  return looked;
}
