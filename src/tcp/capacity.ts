import { isFirstPassPort, type PortRange, rangeSize } from './port-range.ts';
import type { PortSet } from './port-set.ts';

/** The ports of one namespace that `connect()` chooses from. */
export interface PortPool {
  readonly range: PortRange;
  /** Excluded by `net.ipv4.ip_local_reserved_ports`. */
  readonly reserved: PortSet;
  /** Skipped by `connect()` for every lane, because a socket was explicitly bound to them; never a reserved one. */
  readonly blocked: PortSet;
}

/** How many ports of the range can be chosen at all: range − reserved − blocked. */
export function usablePorts(pool: PortPool): number {
  return rangeSize(pool.range) - pool.reserved.countWithin(pool.range) - pool.blocked.countWithin(pool.range);
}

/**
 * The slots of a lane: |range| − |reserved ∩ range| − |blocked ∩ range, not used by this lane itself|.
 *
 * @param ownBlocked how many blocked ports the lane itself uses
 */
export function laneSlots(usable: number, ownBlocked: number): number {
  return usable + ownBlocked;
}

/**
 * How many usable ports `connect()` tries in its first pass. When a lane has taken all of them it is past the cliff:
 * `connect()` then searches all of them in vain before it tries the other half (`__inet_hash_connect()`).
 */
export function firstPassPorts(pool: PortPool): number {
  let count = 0;
  for (let port = pool.range.low; port <= pool.range.high; port += 2) {
    if (isFirstPassPort(pool.range, port) && !pool.reserved.has(port) && !pool.blocked.has(port)) count += 1;
  }
  return count;
}

/** free = slots − used + reclaimable, never below 0; null where the reclaimable part is not known. */
export function freeSlots(slots: number, used: number, reclaimable: number | null): number | null {
  return reclaimable === null ? null : Math.max(0, slots - used + reclaimable);
}

/** 1 − free / slots, 0 to 1. A lane without a slot is full. */
export function utilization(slots: number, free: number): number {
  return slots <= 0 ? 1 : Math.min(1, Math.max(0, (slots - free) / slots));
}

/**
 * The opens per second at which the mean of used slots equals the slots (Little's law).
 *
 * @param holdSeconds how long a connection lives
 * @param afterCloseSeconds how long its slot is held afterwards
 */
export function sustainableOpensPerSecond(slots: number, holdSeconds: number, afterCloseSeconds: number): number {
  return slots / (holdSeconds + afterCloseSeconds);
}
