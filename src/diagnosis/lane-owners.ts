import type { LaneUse } from '../census/lane-use.ts';
import type { NamespaceCensus } from '../census/namespace-census.ts';
import { countOwners, type FoundOwners, inodesByLane, type OwnedSockets } from '../census/owners.ts';

/** Who holds the sockets of lanes. */
export interface LaneOwners {
  /** For blockers: what the first search found. */
  readonly found: FoundOwners;
  /** By the number of the lane, those with most sockets first. */
  readonly byLane: ReadonlyMap<number, readonly OwnedSockets[]>;
}

/** Each search misses what has closed since the sockets were listed; a connection that lives 1 ms is found at last. */
const MOST_SEARCHES = 4;
/** Of a lane's live sockets, this part must have an owner. */
const ENOUGH = 0.5;

/**
 * Finds the processes that hold the sockets of lanes. Where most have closed before they were looked for, their successors
 * are listed and looked for.
 *
 * @param others inodes of sockets that are asked about too, and first: those that block ports
 * @param findOwners searches for the holders of sockets
 */
export function findLaneOwners(
  { census, relist }: NamespaceCensus,
  lanes: readonly LaneUse[],
  others: readonly number[],
  findOwners: (inodes: Iterable<number>) => FoundOwners,
): LaneOwners {
  const byLane = new Map<number, readonly OwnedSockets[]>();
  const count = (inodes: ReadonlyMap<number, readonly number[]>, found: FoundOwners): void => {
    for (const [lane, ofLane] of inodes) {
      const owners = countOwners(ofLane, found);
      if (sumSockets(owners) >= sumSockets(byLane.get(lane) ?? [])) byLane.set(lane, owners);
    }
  };
  const inodes = inodesByLane(census, new Set(lanes.map(({ index }) => index)));
  const found = findOwners([...others, ...[...inodes.values()].flat()]);
  count(inodes, found);
  for (let search = 1; search < MOST_SEARCHES && relist !== undefined && found.stopped === null; search += 1) {
    const missing = lanes.filter(({ index, live }) => sumSockets(byLane.get(index) ?? []) < ENOUGH * live);
    if (missing.length === 0) break;
    const listed = relist(new Set(missing.map(({ index }) => index)));
    count(listed, findOwners([...listed.values()].flat()));
  }
  return { found, byLane };
}

function sumSockets(owners: readonly OwnedSockets[]): number {
  return owners.reduce((sum, { sockets }) => sum + sockets, 0);
}
