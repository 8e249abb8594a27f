import type { LaneReport } from '../report.ts';

/** Below so many seconds a person must act at once. */
const ACT_NOW_SECONDS = 300;
/** Below so many a person must know. */
export const ACT_SOON_SECONDS = 3_600;
const NEARLY_FULL = 0.9;
/** Below this utilization a burst of connections that is over in a second looks like one that goes on. */
export const NO_MERE_BURST = 0.1;

/**
 * What becomes of a lane:
 * - `exhausted`: no slot is free;
 * - `perhaps-exhausted`: all are taken, and whether some can be taken over is not known;
 * - `exhausting-now`, `exhausting-soon`: within five minutes, within an hour, and a tenth is taken already;
 * - `settling-high`: it stays at nine tenths or above;
 * - `nearly-full`: it is there, and what comes next is not known.
 */
export type Outlook =
  | 'exhausted'
  | 'perhaps-exhausted'
  | 'exhausting-now'
  | 'exhausting-soon'
  | 'settling-high'
  | 'nearly-full'
  | 'fine';

export function outlookOf(lane: LaneReport): Outlook {
  const { slots, used, free, utilization, secondsToExhaustion, settlesAt } = lane;
  if (free === 0) return 'exhausted';
  if (free === null && used >= slots) return 'perhaps-exhausted';
  if (secondsToExhaustion !== null) {
    if ((utilization ?? 1) < NO_MERE_BURST) return 'fine';
    if (secondsToExhaustion < ACT_NOW_SECONDS) return 'exhausting-now';
    return secondsToExhaustion < ACT_SOON_SECONDS ? 'exhausting-soon' : 'fine';
  }
  if (settlesAt !== null) return settlesAt >= NEARLY_FULL ? 'settling-high' : 'fine';
  return utilization !== null && utilization >= NEARLY_FULL ? 'nearly-full' : 'fine';
}

/** Whether the cliff is so near that a person must know. */
export function isCliffNear({ secondsToCliff, utilization }: LaneReport): boolean {
  if (secondsToCliff === null || secondsToCliff >= ACT_NOW_SECONDS) return false;
  return secondsToCliff === 0 || (utilization ?? 1) >= NO_MERE_BURST;
}
