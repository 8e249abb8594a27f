/** The timer wheel of kernel/time/timer.c: 64 buckets a level, each level 8 times as coarse as the one below. */
const WHEEL_BUCKETS = 64;
const WHEEL_COARSER = 8;
const DEFAULT_TICKS_PER_SECOND = 250;

/**
 * The granule of the kernel's timer wheel for a timer of so many seconds, in seconds: timers that end within one go off
 * together, at its end, and so none too early (kernel/time/timer.c, the tables at its head). 32 ms for one second at HZ=250.
 *
 * @param ticksPerSecond the kernel's HZ; that of most distributions where null
 */
export function timerGranuleSeconds(seconds: number, ticksPerSecond: number | null): number {
  const hz = ticksPerSecond ?? DEFAULT_TICKS_PER_SECOND;
  let granule = 1;
  while ((WHEEL_BUCKETS - 1) * granule <= seconds * hz) granule *= WHEEL_COARSER;
  return granule / hz;
}

/**
 * After how many seconds a timer of the kernel goes off on average: half a granule later than it says.
 *
 * @param ticksPerSecond the kernel's HZ; that of most distributions where null
 */
export function meanTimerSeconds(seconds: number, ticksPerSecond: number | null): number {
  return seconds + timerGranuleSeconds(seconds, ticksPerSecond) / 2;
}

/**
 * After how many seconds the last of some timers goes off on average, where each is set when the one before goes off: that
 * is at the end of a granule, and from there on it is known how late it will be.
 *
 * @param timers in seconds, each
 * @param ticksPerSecond the kernel's HZ; that of most distributions where null
 */
export function meanTimersInTurnSeconds(timers: readonly number[], ticksPerSecond: number | null): number {
  let [sum, granuleBefore] = [0, 0];
  for (const seconds of timers) {
    const granule = timerGranuleSeconds(seconds, ticksPerSecond);
    const isSetAtEnd = granule <= granuleBefore;
    sum += isSetAtEnd ? granule * (Math.floor(seconds / granule) + 1) : meanTimerSeconds(seconds, ticksPerSecond);
    granuleBefore = granule;
  }
  return sum;
}
