import type { ProcessRef, SocketSource } from '../linux/socket-source.ts';
import { CONNECTED_STATES, stateMask, TcpState } from '../tcp/state.ts';
import type { Census } from './census.ts';
import { LANE_KEY_WORDS, readLaneKey } from './lane-table.ts';

const LIVE_STATES = CONNECTED_STATES & ~stateMask(TcpState.TIME_WAIT);

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

/** The inodes of the sockets of some lanes, by lane: TIME_WAIT sockets have none. */
export function inodesByLane(census: Census, lanes: ReadonlySet<number>): Map<number, number[]> {
  const { sockets } = census.scan;
  const inodes = new Map<number, number[]>();
  for (let row = 0; row < sockets.size; row += 1) {
    if (lanes.has(sockets.lane(row))) addInode(inodes, sockets.lane(row), sockets.inode(row));
  }
  return inodes;
}

/** Like {@link inodesByLane}, of the sockets that are there now: where connections are short, most are others. */
export function relistInodes(
  { scan }: Pick<Census, 'scan'>,
  source: SocketSource,
  lanes: ReadonlySet<number>,
): Map<number, number[]> {
  const inodes = new Map<number, number[]>();
  const key = new Uint32Array(LANE_KEY_WORDS);
  source.forEachSocket({ states: LIVE_STATES, localPorts: scan.range }, (socket) => {
    readLaneKey(socket, key);
    const lane = scan.lanes.find(key);
    if (lanes.has(lane)) addInode(inodes, lane, socket.inode);
  });
  return inodes;
}

function addInode(inodes: Map<number, number[]>, lane: number, inode: number): void {
  if (inode === 0) return;
  const ofLane = inodes.get(lane);
  if (ofLane === undefined) inodes.set(lane, [inode]);
  else ofLane.push(inode);
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
