/** Of the number that is looked for. */
const PRECISION = 1e-11;
const MOST_STEPS = 100;

/**
 * Where a growing function becomes 0, between two numbers: by false position, and where the same end stays twice by half of
 * what the function is there (Illinois).
 *
 * @param low where the function is 0 or less; what is returned where it is more
 * @param high where it is 0 or more; what is returned where it is less
 */
export function rootOf(growing: (x: number) => number, low: number, high: number): number {
  let [from, to] = [low, high];
  let [atFrom, atTo] = [growing(from), growing(to)];
  if (atFrom >= 0) return from;
  if (atTo <= 0) return to;
  let wasBelow: boolean | null = null;
  for (let step = 0; step < MOST_STEPS && to - from > PRECISION * Math.abs(to); step += 1) {
    const x = to - (atTo * (to - from)) / (atTo - atFrom);
    const at = growing(x);
    if (at === 0) return x;
    const isBelow = at < 0;
    const again = wasBelow === isBelow;
    if (isBelow) [from, atFrom, atTo] = [x, at, again ? atTo / 2 : atTo];
    else [to, atTo, atFrom] = [x, at, again ? atFrom / 2 : atFrom];
    wasBelow = isBelow;
  }
  return to;
}
