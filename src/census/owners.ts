import type { ProcessRef } from '../linux/socket-source.ts';
import type { Census } from './census.ts';

/** A process and how many of some sockets it holds. */
export interface OwnedSockets extends ProcessRef {
  readonly sockets: number;
}

/** Who holds which sockets, as far as it was found out. */
export interface FoundOwners {
  /** The processes that hold a socket; none where it is not known. */
  of(inode: number): readonly ProcessRef[];
  /** Why the search ended before its end, one sentence; null where it did not. */
  readonly stopped: string | null;
  /** Why a socket may have no known owner all the same, one sentence; null where nothing was in the way. */
  readonly refused: string | null;
}

/** The inodes of all sockets of some lanes: TIME_WAIT sockets have none. */
export function* inodesOfLanes(census: Census, lanes: ReadonlySet<number>): Generator<number> {
  const { sockets } = census.scan;
  for (let row = 0; row < sockets.size; row += 1) {
    const inode = sockets.inode(row);
    if (inode !== 0 && lanes.has(sockets.lane(row))) yield inode;
  }
}

/** The processes that hold the sockets of some lanes, those with most sockets first. */
export function ownersByLane(
  census: Census,
  lanes: ReadonlySet<number>,
  found: FoundOwners,
): Map<number, OwnedSockets[]> {
  const { sockets } = census.scan;
  const inodes = new Map<number, number[]>();
  for (let row = 0; row < sockets.size; row += 1) {
    const [lane, inode] = [sockets.lane(row), sockets.inode(row)];
    if (inode === 0 || !lanes.has(lane)) continue;
    const ofLane = inodes.get(lane);
    if (ofLane === undefined) inodes.set(lane, [inode]);
    else ofLane.push(inode);
  }
  return new Map([...inodes].map(([lane, ofLane]) => [lane, countOwners(ofLane, found)]));
}

/** Counts some sockets by the processes that hold them, those with most first. */
export function countOwners(inodes: Iterable<number>, found: FoundOwners): OwnedSockets[] {
  const byPid = new Map<number, { process: ProcessRef; sockets: number }>();
  for (const inode of inodes) {
    for (const process of found.of(inode)) {
      const counted = byPid.get(process.pid);
      if (counted === undefined) byPid.set(process.pid, { process, sockets: 1 });
      else counted.sockets += 1;
    }
  }
  return [...byPid.values()]
    .sort((a, b) => b.sockets - a.sockets || a.process.pid - b.process.pid)
    .map(({ process, sockets }) => ({ pid: process.pid, name: process.name, sockets }));
}
