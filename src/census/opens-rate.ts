/** What the TIME_WAIT sockets of a lane say about how often it is opened. */
export interface TimeWaitAges {
  readonly timeWait: number;
  readonly ageUnknown: number;
  readonly closedInLastSecond: number;
  readonly closedInLastTen: number;
  readonly oldestMs: number;
}

const WINDOW_MS = 10_000;
const SHORTEST_WINDOW_MS = 1_000;
/** So many closes in the last second give its rate to within a tenth (one standard deviation of a Poisson process). */
const ENOUGH_CLOSES = 100;

/**
 * New connections per second, from the ages of TIME_WAIT sockets: where this end closes first, every connection leaves
 * one behind. Counts the last second where that holds enough of them, or reuse takes over what is older; else the last
 * ten, or as far back as the oldest socket.
 *
 * @returns null where no TIME_WAIT shows it: the other end closes first, or nothing does
 */
export function opensFromAges(ages: TimeWaitAges, reused: boolean | null): number | null {
  if (ages.timeWait === 0 || ages.ageUnknown > 0) return null;
  if (reused !== false || ages.closedInLastSecond >= ENOUGH_CLOSES) return ages.closedInLastSecond;
  const windowMs = Math.min(WINDOW_MS, Math.max(SHORTEST_WINDOW_MS, ages.oldestMs));
  return ages.closedInLastTen / (windowMs / 1_000);
}
