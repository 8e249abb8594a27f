import type { LaneEffect } from '../diagnosis/remedy-effect.ts';
import { describeEffectLane } from './text/fix-effect-text.ts';
import { whyUseless } from './text/safety-text.ts';

/**
 * Why a remedy is not applied unless that is forced: it is not safe for a lane, or of no use for any.
 *
 * @returns one sentence without a full stop; null where nothing speaks against it
 */
export function refusalOf(remedy: string, lanes: readonly LaneEffect[]): string | null {
  const unsafe = lanes.find((lane) => lane.safe === false && whyUseless(lane) === null);
  if (unsafe !== undefined) return `${remedy} is not safe for ${describeEffectLane(unsafe)}: ${unsafe.reason}`;
  const [first] = lanes;
  if (first === undefined || lanes.some((lane) => whyUseless(lane) === null)) return null;
  return `${remedy} does not apply to ${describeEffectLane(first)}: ${whyUseless(first)}`;
}

/** What is not known about the safety of a remedy: one sentence without a full stop for each reason. */
export function doubtsOf(remedy: string, lanes: readonly LaneEffect[]): string[] {
  const unknown = lanes.filter(({ safe }) => safe === null);
  return [...new Set(unknown.map(({ reason }) => reason))].map((reason) => {
    const whose = unknown.filter((lane) => lane.reason === reason).map(describeEffectLane);
    return `whether ${remedy} is safe for ${whose.join(', ')} is not known: ${reason}`;
  });
}
