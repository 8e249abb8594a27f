import { ABOVE_ANY_COUNT, GROUP, LANE, TICKS } from './spread-layout.ts';

/** What a lane is taken for. */
export interface LaneUse {
  readonly used: number;
  /** Since it was attached. */
  readonly attempts: number;
}

/** Where a lane is counted. */
export interface LanePlace {
  readonly group: DataView;
  readonly lane: DataView;
  /** Its number in the group. */
  readonly choice: number;
}

/**
 * What a lane has counted itself, of the slots that are held at a tick and at those after it, {@link TICKS} in all.
 *
 * @param heldTicks how long TIME_WAIT holds a slot at the most
 */
export function countedAfter({ group, lane, choice }: LanePlace, now: number, heldTicks: number): Float64Array {
  // What has entered TIME_WAIT at a tick is taken off so many ticks later, and was seen up to the group's last tick.
  const behind = (now - group.getUint32(GROUP.tick, true)) >>> 0;
  const entered = (age: number): number => lane.getUint32(LANE.entered + 4 * (((now - age) >>> 0) % TICKS), true);
  let counted = group.getInt32(GROUP.used + 4 * choice, true) - beside(lane);
  for (let age = behind + heldTicks - 1; age >= Math.max(behind, heldTicks); age -= 1) counted -= entered(age);
  return Float64Array.from({ length: TICKS }, (_, after) => {
    const age = heldTicks - after;
    if (after > 0 && age >= behind && age >= 0) counted -= entered(age);
    return counted;
  });
}

/** What is in the count of a lane beside what was counted. */
function beside(lane: DataView): number {
  return lane.getInt32(LANE.known, true) + (lane.getUint32(LANE.isFull, true) === 1 ? ABOVE_ANY_COUNT : 0);
}
