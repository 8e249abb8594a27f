import { ticksPerSecond } from '../../linux/timer-tick.ts';
import { LINUX_TIME_WAIT_MS, meanTimeWaitSeconds } from '../../tcp/time-wait.ts';

/** The least that the kernel holds a slot in TIME_WAIT. */
export const TIME_WAIT_SECONDS: number = LINUX_TIME_WAIT_MS / 1_000;

/** The most that it is held longer: the granule of this kernel's timer wheel. */
export function granuleSeconds(): number {
  return 2 * (meanTimeWaitSeconds(ticksPerSecond()) - TIME_WAIT_SECONDS);
}

const LEAST_GRANULES = 2;
const MOST_SECONDS = 14.5;

/**
 * How long to take over closing slots, so that as many are closed at each moment of a granule, and they are held as long as
 * they are on average: some granules.
 *
 * @param wantedSeconds it is no shorter, unless that would be much
 */
export function wholeGranules(wantedSeconds: number, granule: number): number {
  const most = Math.max(LEAST_GRANULES, Math.floor(MOST_SECONDS / granule));
  return granule * Math.min(most, Math.max(LEAST_GRANULES, Math.ceil(wantedSeconds / granule)));
}
