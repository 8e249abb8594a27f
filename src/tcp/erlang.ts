/**
 * The probability that a connection finds no free slot, where connections come at random (Poisson) and one that finds none
 * is gone: Erlang's loss formula, B. It depends on the mean of the time that a slot is held, and on nothing else of its
 * distribution.
 *
 * The recursion 1/B(c) = 1 + (c/a)·1/B(c−1) adds positive numbers only, so that no digit is lost; where 1/B is more than a
 * double holds, B is 0. Takes one step for each slot, of a division each.
 *
 * @param slots a whole number, 0 or more
 * @param erlangs the load: opens per second × the seconds that each slot is held, 0 or more
 */
export function erlangB(slots: number, erlangs: number): number {
  if (erlangs === 0) return slots === 0 ? 1 : 0;
  if (erlangs === Number.POSITIVE_INFINITY) return 1;
  let inverse = 1;
  for (let used = 1; used <= slots && inverse !== Number.POSITIVE_INFINITY; used += 1) {
    inverse = 1 + (used / erlangs) * inverse;
  }
  return 1 / inverse;
}

/**
 * The highest load, in erlangs, of which at most this share is refused: the inverse of a loss in its load.
 *
 * @param slots a whole number, 0 or more
 * @param probability above 0 and below 1
 * @param loss what share of a load is refused, growing with it and never below what {@link erlangB} says: that, where
 *   left out
 */
export function erlangsFor(
  slots: number,
  probability: number,
  loss: (erlangs: number) => number = (erlangs) => erlangB(slots, erlangs),
): number {
  if (slots === 0) return 0;
  // B(c, a) is at least 1 − c/a.
  let [low, high] = [0, slots / (1 - probability)];
  for (;;) {
    const middle = (low + high) / 2;
    // No double is left between them.
    if (middle <= low || middle >= high) return low;
    if (loss(middle) <= probability) low = middle;
    else high = middle;
  }
}
