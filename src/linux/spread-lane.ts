import { LANE, TICKS } from './spread-layout.ts';

/** What a lane is taken for. */
export interface LaneUse {
  readonly used: number;
  /** Since it was attached. */
  readonly attempts: number;
}

/** What a lane has counted of the slots that are held still so many ticks after this one. */
export function countedAfter(lane: DataView, now: number, after: number, heldTicks: number): number {
  // What has entered TIME_WAIT at a tick is taken off so many ticks later, and was seen up to the lane's last tick.
  const behind = (now - lane.getUint32(LANE.tick, true)) >>> 0;
  let counted = lane.getInt32(LANE.live, true);
  for (let age = behind; age + after < heldTicks; age += 1) {
    counted += lane.getUint32(LANE.entered + 4 * (((now - age) >>> 0) % TICKS), true);
  }
  return counted;
}
