/**
 * How many connections a second a lane gave to a load that took every slot as soon as there was one: the slots, by the
 * time of a cycle, which is from each open to the one that comes as many opens later as there are slots. No cycle is
 * shorter than a slot is held; those are longer in which a busy machine held the load up.
 *
 * @param openedAt when each connection was opened, in seconds, ascending
 * @param share which of the cycles counts, of all from the shortest to the longest: 0.5 for the one in the middle
 * @returns 0 where no slot was taken twice
 */
export function cyclesPerSecond(openedAt: Float64Array, slots: number, share: number): number {
  const cycles = openedAt.subarray(slots).map((at, index) => at - (openedAt[index] as number));
  const chosen = cycles.sort()[Math.floor(share * cycles.length)];
  return chosen === undefined ? 0 : slots / chosen;
}
