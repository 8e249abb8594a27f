import type { LaneJson } from '../agent/json.ts';
import { heldSlots } from './outlook.ts';

/** A point of what is to come: seconds from now, and slots held then. */
export interface PointAhead {
  readonly seconds: number;
  readonly held: number;
}

/**
 * What is to come with the present load, as far as the forecast says: to the cliff and the end, or to the level that it
 * settles at, and on with that. Empty where there is no forecast.
 *
 * @param seconds how far ahead
 * @param settleSeconds how long it takes until what is opened now has given its slot back
 */
export function courseAhead(lane: LaneJson, seconds: number, settleSeconds: number): PointAhead[] {
  const { slots, cliffAt, secondsToCliff, secondsToExhaustion, settlesAt } = lane;
  const held = heldSlots(lane) ?? lane.used;
  const now = { seconds: 0, held };
  const cliff =
    cliffAt !== null && secondsToCliff !== null && secondsToCliff > 0
      ? [{ seconds: secondsToCliff, held: cliffAt }]
      : [];
  if (secondsToExhaustion !== null) {
    const way = [now, ...cliff, { seconds: secondsToExhaustion, held: slots }];
    return cutAt(
      way.filter((point, index) => index === 0 || point.seconds >= (way[index - 1] as PointAhead).seconds),
      seconds,
    );
  }
  if (settlesAt === null) return cliff.length === 0 ? [] : cutAt([now, ...cliff], seconds);
  const settled = settlesAt * slots;
  const way = cliff.filter((point) => point.seconds < settleSeconds && point.held < settled);
  return cutAt([now, ...way, { seconds: settleSeconds, held: settled }, { seconds, held: settled }], seconds);
}

/** The part of a way that is within so many seconds; what crosses the limit ends on it. */
function cutAt(way: readonly PointAhead[], seconds: number): PointAhead[] {
  const cut: PointAhead[] = [];
  for (const point of way) {
    const before = cut.at(-1);
    if (point.seconds <= seconds) {
      if (before === undefined || point.seconds > before.seconds) cut.push(point);
      continue;
    }
    if (before !== undefined) {
      const part = (seconds - before.seconds) / (point.seconds - before.seconds);
      cut.push({ seconds, held: before.held + part * (point.held - before.held) });
    }
    break;
  }
  return cut;
}
