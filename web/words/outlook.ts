import type { LaneJson } from '../agent/json.ts';
import { formatRoughShare, formatShare, formatWait, UNKNOWN } from './numbers.ts';

/** How a lane stands: what decides its colour, its sign and its words. */
export type Standing = 'exhausted' | 'filling' | 'past-cliff' | 'full' | 'calm';

/** From this share of its slots on, a lane is called full though nothing says that it fills further. */
const FULL_FROM = 0.9;
/** What runs out later than this is no matter of today. */
const SOON_SECONDS = 3_600;

/** How full at most: what cannot be known to be reclaimable counts as held. */
export function fullness({ utilization, used, slots }: LaneJson): number {
  return utilization ?? (slots === 0 ? 1 : Math.min(1, used / slots));
}

/** Slots that connect() cannot take; null where that is not known. */
export function heldSlots({ slots, free }: LaneJson): number | null {
  return free === null ? null : slots - free;
}

export function standingOf(lane: LaneJson): Standing {
  const { secondsToExhaustion, secondsToCliff } = lane;
  if (secondsToExhaustion === 0 || lane.free === 0) return 'exhausted';
  if (secondsToExhaustion !== null && secondsToExhaustion < SOON_SECONDS) return 'filling';
  if (secondsToCliff === 0) return 'past-cliff';
  return fullness(lane) >= FULL_FROM ? 'full' : 'calm';
}

/** `98.9%`, or `at most 98.9%` where it is not known how much can be reclaimed. */
export function describeFullness(lane: LaneJson): string {
  if (lane.utilization !== null) return formatShare(lane.utilization);
  return lane.slots === 0 ? UNKNOWN : `≤ ${formatShare(fullness(lane))}`;
}

export const OUTLOOK_UNKNOWN = 'forecast unknown';

/** What becomes of it, in few words. */
export function describeOutlook(lane: LaneJson): string {
  const { secondsToExhaustion, secondsToCliff, settlesAt, opensPerSecond } = lane;
  if (secondsToExhaustion === 0) return 'exhausted';
  if (secondsToExhaustion !== null) return `full in ${formatWait(secondsToExhaustion)}`;
  if (secondsToCliff !== null && secondsToCliff > 0) return `cliff in ${formatWait(secondsToCliff)}`;
  if (settlesAt !== null) return `stays at ${formatRoughShare(settlesAt)}`;
  if (opensPerSecond === 0) return 'no load seen';
  return OUTLOOK_UNKNOWN;
}

/** What it means for who connects: one sentence. */
export function explainOutlook(lane: LaneJson): string {
  const { secondsToExhaustion, secondsToCliff, settlesAt, opensPerSecond, cliffAt } = lane;
  if (secondsToExhaustion === 0) return 'No slot is free: connect() fails with EADDRNOTAVAIL.';
  if (secondsToExhaustion !== null) {
    const cliff =
      secondsToCliff !== null && secondsToCliff > 0 && secondsToCliff < secondsToExhaustion
        ? ` It gets slow at the cliff, in ${formatWait(secondsToCliff)}.`
        : '';
    return `With its present load no slot is free in ${formatWait(secondsToExhaustion)}: connect() then fails.${cliff}`;
  }
  const slow =
    secondsToCliff === 0
      ? ' It is past the cliff: connect() searches half of the ports in vain before it finds one.'
      : '';
  if (settlesAt !== null) {
    const cliff =
      secondsToCliff !== null && secondsToCliff > 0
        ? ` It reaches the cliff in ${formatWait(secondsToCliff)}: connect() is slow from there.`
        : '';
    return `With its present load it stays at ${formatRoughShare(settlesAt)} and does not run out.${cliff}${slow}`;
  }
  if (opensPerSecond === 0) return `Nothing new was opened in the last minute.${slow}`;
  const ahead = cliffAt === null ? '' : ' What is held now says how far it is from its end, not when it gets there.';
  return `How fast it opens is not known, so there is no forecast.${slow || ahead}`;
}
