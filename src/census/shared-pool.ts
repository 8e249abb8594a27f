import { isLinkLocal } from '../tcp/address.ts';
import { isFirstPassPort, type PortRange } from '../tcp/port-range.ts';
import { PortSet } from '../tcp/port-set.ts';
import type { LaneTable } from './lane-table.ts';
import type { SocketTable } from './socket-table.ts';

/**
 * Which lanes are made of sockets that were bound before they connected, without IP_BIND_ADDRESS_NO_PORT. The kernel does
 * not tell, their ports do: `bind()` to port 0 takes ports of the other parity than `connect()` does
 * (`inet_csk_find_open_port()`), and never one that another socket of the same source holds.
 */

/** Of the ports that one pass can find, this share taken means that the search may have gone on to the others. */
export const NEAR_END = 0.9;
/** bind() takes no port of the first pass before it has taken nearly all others. */
const AT_END = 0.98;
/**
 * A socket with IP_LOCAL_PORT_RANGE gets either parity with the same chance (Linux 6.8). Ports that would look like this
 * by chance less often than once in 512 times are taken as bound before connect: nine of nine, or 12 of 13.
 */
const LIKELY_CHANCE = 1 / 512;
/** Above so many ports the share alone decides: the chance of three quarters in 60 is below one in 10,000. */
const MANY_PORTS = 60;
const CLEAR_SHARE = 0.75;
/**
 * bind() that has used up the other parity goes on with the first. Then no lane tells by its share alone; that lanes on
 * this side of the cliff hold this part of the other parity, and no two of a source the same port, does.
 */
const CLEAR_PART = 0.3;

/** Whether so many ports of the other parity are more than chance would give. */
export function isBoundBeforeConnect(firstPass: number, otherPass: number): boolean {
  const ports = firstPass + otherPass;
  if (otherPass <= firstPass) return false;
  if (ports > MANY_PORTS) return otherPass / ports >= CLEAR_SHARE;
  return tailOfFairCoin(ports, otherPass) <= LIKELY_CHANCE;
}

/** The chance of at least `heads` heads in `throws` throws. */
function tailOfFairCoin(throws: number, heads: number): number {
  let ways = 0;
  let combinations = 1;
  for (let tails = 0; tails <= throws - heads; tails += 1) {
    ways += combinations;
    combinations = (combinations * (throws - tails)) / (tails + 1);
  }
  return ways / 2 ** throws;
}

/** How a lane's sockets came to their ports. */
export const Binding = {
  /** connect() chose them, as far as their ports tell. */
  byConnect: 0,
  /** Those on ports of the other parity were bound before they connected. */
  otherPassBound: 1,
  /** All were bound before they connected: bind() has run out of ports of the other parity. */
  allBound: 2,
} as const;

/** A number of ports, by the pass of connect() that would find them. */
export interface PassSizes {
  readonly first: number;
  readonly other: number;
}

/** What the lanes of one source hold together. */
interface SourcePorts {
  readonly lanes: number[];
  /** Ports of the other parity. */
  other: number;
  /** Ports of the lanes that have too few of them to be told alone. */
  smallFirst: number;
  smallOther: number;
}

/**
 * @param sizes how many ports of the range connect() can choose from
 * @param isExplicit whether a lane's source is known to be bound to a port of its own choice, which tells nothing
 * @returns a value of {@link Binding} for each lane
 */
export function findSharedPoolLanes(
  lanes: LaneTable,
  sockets: SocketTable,
  range: PortRange,
  sizes: PassSizes,
  isExplicit: (lane: number, port: number) => boolean,
): Uint8Array {
  const verdict = new Uint8Array(lanes.size);
  const counts = countPasses(lanes, sockets, range, isExplicit);
  for (const source of groupBySource(lanes, counts)) {
    if (source.other === 0) continue;
    let unexplained = 0;
    for (const lane of source.lanes) {
      const ports = counts.of(lane);
      verdict[lane] = judge(ports, source, sizes);
      if (!isPastCliff(ports, sizes)) unexplained += ports.other;
    }
    const bindRanOut = source.other >= NEAR_END * sizes.other && unexplained >= CLEAR_PART * sizes.other;
    if (bindRanOut && source.lanes.length > 1 && !shareAnyPort(source.lanes, sockets)) {
      for (const lane of source.lanes) verdict[lane] = Binding.allBound;
    }
  }
  clearThoseThatShare(verdict, lanes, sockets, range);
  return verdict;
}

/** For a socket bound to a device, connect() skips what others without one hold: its ports say nothing. */
function canBeTold(lanes: LaneTable, lane: number): boolean {
  return lanes.interfaceIndex(lane) === 0 || isLinkLocal(lanes.source(lane));
}

/** connect() takes ports of either parity there, so that these say nothing. */
function isPastCliff(lane: PassSizes, sizes: PassSizes): boolean {
  return lane.first >= NEAR_END * sizes.first;
}

function judge(lane: PassSizes, source: SourcePorts, sizes: PassSizes): number {
  if (lane.other === 0 || isPastCliff(lane, sizes)) return Binding.byConnect;
  if (lane.other >= AT_END * sizes.other) return Binding.allBound;
  if (isBoundBeforeConnect(lane.first, lane.other)) return Binding.otherPassBound;
  const togetherBound = isBoundBeforeConnect(source.smallFirst, source.smallOther);
  return togetherBound && isSmall(lane) && lane.other > lane.first ? Binding.otherPassBound : Binding.byConnect;
}

/** So few ports that even all of the other parity could be chance. */
function isSmall(ports: PassSizes): boolean {
  return 2 ** -(ports.first + ports.other) > LIKELY_CHANCE;
}

/** Counts each lane's ports by the pass that would find them. */
function countPasses(
  lanes: LaneTable,
  sockets: SocketTable,
  range: PortRange,
  isExplicit: (lane: number, port: number) => boolean,
): { of(lane: number): PassSizes } {
  const first = new Uint16Array(lanes.size);
  const other = new Uint16Array(lanes.size);
  for (let row = 0; row < sockets.size; row += 1) {
    const lane = sockets.lane(row);
    const port = sockets.port(row);
    if (isExplicit(lane, port)) continue;
    const isFirst = isFirstPassPort(range, port) || sockets.bindAddressNoPort(row);
    const column = isFirst ? first : other;
    column[lane] = (column[lane] as number) + 1;
  }
  return { of: (lane) => ({ first: first[lane] as number, other: other[lane] as number }) };
}

function groupBySource(lanes: LaneTable, counts: { of(lane: number): PassSizes }): Iterable<SourcePorts> {
  const bySource = new Map<string, SourcePorts>();
  for (let lane = 0; lane < lanes.size; lane += 1) {
    if (!canBeTold(lanes, lane)) continue;
    const key = lanes.source(lane).join();
    const source = bySource.get(key) ?? { lanes: [], other: 0, smallFirst: 0, smallOther: 0 };
    bySource.set(key, source);
    const ports = counts.of(lane);
    source.lanes.push(lane);
    source.other += ports.other;
    if (!isSmall(ports)) continue;
    source.smallFirst += ports.first;
    source.smallOther += ports.other;
  }
  return bySource.values();
}

/** Whether two sockets of some lanes have the same port: bound ones of one source never do. */
function shareAnyPort(members: readonly number[], sockets: SocketTable): boolean {
  const wanted = new Set(members);
  const held = new PortSet();
  for (let row = 0; row < sockets.size; row += 1) {
    if (wanted.has(sockets.lane(row)) && !held.add(sockets.port(row))) return true;
  }
  return false;
}

/** No two lanes of a source can share a port that was bound: where two seem to, neither was. */
function clearThoseThatShare(verdict: Uint8Array, lanes: LaneTable, sockets: SocketTable, range: PortRange): void {
  const holders = new Map<string, number>();
  const sharing = new Set<number>();
  for (let row = 0; row < sockets.size; row += 1) {
    const lane = sockets.lane(row);
    const port = sockets.port(row);
    if (verdict[lane] === Binding.byConnect || isFirstPassPort(range, port)) continue;
    const key = `${lanes.source(lane).join()} ${port}`;
    const holder = holders.get(key);
    if (holder === undefined) holders.set(key, lane);
    else if (holder !== lane) sharing.add(holder).add(lane);
  }
  for (const lane of sharing) verdict[lane] = Binding.byConnect;
}
