import { NEAR_END } from './shared-pool.ts';

/** How near a lane is to the cliff. */
export interface Cliff {
  /** How many used slots make it: all usable ports of the first pass, and what the lane holds beside them. */
  readonly at: number;
  /** How many ports of the first pass connect() can still take, 0 past the cliff; null where that cannot be known. */
  readonly ahead: number | null;
}

/** The slots that a lane holds, by the pass of connect() that finds them. */
export interface PassUse {
  /** How many usable ports the first pass has. */
  readonly firstPassPorts: number;
  readonly used: number;
  /** Of `used`: on ports that are blocked for other lanes. */
  readonly ownBlocked: number;
  /** Of `used`: on usable ports of the second pass. */
  readonly otherPass: number;
  /** On usable ports of the first pass, in TIME_WAIT for at least the reuse delay. */
  readonly firstPassPastDelay: number;
  /** Whether reuse applies to what it has in TIME_WAIT; null where that cannot be known. */
  readonly reuse: boolean | null;
}

/**
 * A socket with IP_LOCAL_PORT_RANGE gets ports of either pass with the same chance (Linux 6.8). Other sockets get ports of
 * the second pass only while those of the first are taken: so many of them, in such a part of a lane, tell the former.
 */
const EITHER_PASS_COUNT = 8;
const EITHER_PASS_SHARE = 0.25;

/** Where the cliff is; null where the lane has none: its sockets set IP_LOCAL_PORT_RANGE, as far as their ports tell. */
export function findCliff(lane: PassUse): Cliff | null {
  const beside = lane.ownBlocked + lane.otherPass;
  const firstPass = lane.used - beside;
  const takesEither =
    lane.otherPass >= EITHER_PASS_COUNT && lane.otherPass >= EITHER_PASS_SHARE * (lane.used - lane.ownBlocked);
  if (takesEither && firstPass < NEAR_END * lane.firstPassPorts) return null;
  const reclaimable = lane.reuse === true ? lane.firstPassPastDelay : 0;
  const ahead = Math.max(0, lane.firstPassPorts - firstPass + reclaimable);
  return { at: lane.firstPassPorts + beside, ahead: lane.reuse === null ? null : ahead };
}
