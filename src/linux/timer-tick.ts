import { libc } from './libc.ts';

const CLOCK_MONOTONIC_COARSE = 6;
const NANOSECONDS = 1_000_000_000;

/** The kernel's HZ: the coarse clocks advance once a tick (clock_getres(2)). null where they do not tell. */
export function ticksPerSecond(): number | null {
  const timespec = new BigInt64Array(2);
  if (libc.clock_getres(CLOCK_MONOTONIC_COARSE, timespec) !== 0) return null;
  const nanoseconds = Number(timespec[1]);
  return nanoseconds > 0 ? Math.round(NANOSECONDS / nanoseconds) : null;
}
