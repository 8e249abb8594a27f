/** How far chance goes at most: so many deviations of what is expected (Poisson). */
const DEVIATIONS = 3;

/**
 * How many slots of a lane must be released until the next look, so that it stays at or below its threshold until then.
 *
 * @param used at the last look
 * @param secondsAhead from that look to the next; 0 where only what is above the threshold now is to be released
 */
export function slotsToRelease(used: number, threshold: number, opensPerSecond: number, secondsAhead: number): number {
  const opens = opensPerSecond * secondsAhead;
  return Math.max(0, Math.ceil(used + opens + DEVIATIONS * Math.sqrt(opens) - threshold));
}

/** What two looks at a lane tell of the time between them. */
export interface Flow {
  readonly seconds: number;
  /** Used slots that are not in TIME_WAIT, then and now. */
  readonly liveBefore: number;
  readonly live: number;
  /** TIME_WAIT sockets of now that were none then: what is so young has not been released, and is not over. */
  readonly closed: number;
}

/** New connections per second: each still lives, or has gone to TIME_WAIT. What the other end closed first is not seen. */
export function opensPerSecond({ seconds, liveBefore, live, closed }: Flow): number {
  return Math.max(0, closed + live - liveBefore) / seconds;
}
