import type { ObservedRates } from '../census/observed-rates.ts';

/** Connections of a lane per second: what opens, and what becomes of the slots of those that close. */
export interface LaneFlow {
  readonly opens: number;
  readonly freedAtOnce: number;
  /** Held in TIME_WAIT for a while. */
  readonly heldAfterClose: number;
}

/** Rates that are further apart than so many standard deviations differ by more than chance. */
const DEVIATIONS = 3;

/** A lane of which only TIME_WAIT tells how often it is opened: as many close, and each leaves one. */
export function openingOnly(opens: number): LaneFlow {
  return { opens, freedAtOnce: 0, heldAfterClose: opens };
}

/**
 * What a watch saw. Opens and closes that differ no more than chance would have it (Poisson) are the same: else every busy
 * lane would seem to grow or to shrink.
 */
export function balanced({
  opensPerSecond,
  closesPerSecond,
  timeWaitsPerSecond,
  seconds = 1,
}: ObservedRates): LaneFlow {
  const deviation = Math.sqrt((opensPerSecond + closesPerSecond) / seconds);
  const even = Math.abs(opensPerSecond - closesPerSecond) <= DEVIATIONS * deviation;
  const closes = even ? opensPerSecond : closesPerSecond;
  const share = closesPerSecond === 0 ? 0 : Math.min(1, timeWaitsPerSecond / closesPerSecond);
  return { opens: opensPerSecond, freedAtOnce: closes * (1 - share), heldAfterClose: closes * share };
}

/** What some lanes do together: those that nothing is known of add nothing. null where nothing is known of any. */
export function sumFlows(flows: readonly (LaneFlow | null)[]): LaneFlow | null {
  const known = flows.filter((flow) => flow !== null);
  if (known.length === 0) return null;
  const sum = (count: (flow: LaneFlow) => number): number => known.reduce((total, flow) => total + count(flow), 0);
  return {
    opens: sum(({ opens }) => opens),
    freedAtOnce: sum(({ freedAtOnce }) => freedAtOnce),
    heldAfterClose: sum(({ heldAfterClose }) => heldAfterClose),
  };
}
