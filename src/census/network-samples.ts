import type { SockDiag } from '../linux/sock-diag.ts';
import { formatAddress, sameAddress } from '../tcp/address.ts';
import { FEWEST_SAMPLES, type NetworkQuality } from '../tcp/network-quality.ts';
import { isPrivate } from '../tcp/private-network.ts';
import { stateMask, TcpState } from '../tcp/state.ts';
import type { Census } from './census.ts';
import { fourTupleOf } from './four-tuple.ts';
import { LANE_KEY_WORDS, readLaneKey } from './lane-table.ts';
import { NetworkFigures } from './network-figures.ts';

/** The fullest lanes of a report; more would take longer than they tell. */
const MOST_LANES = 128;
/** Of one lane: more would not change a median. */
const MOST_SAMPLES = 64;
/** Listing one live socket with its tcp_info takes 0.9 µs (measured on Linux 6.18): so many take 9 ms. */
const MOST_LISTED = 10_000;
/** Looking one up takes 7 to 14 µs, wherever it is among how many. */
const MOST_LOOKUPS = 1_024;

/** Connected, so that the round trip was measured. */
const MEASURED_STATES = stateMask(
  ...[TcpState.ESTABLISHED, TcpState.FIN_WAIT1, TcpState.FIN_WAIT2, TcpState.CLOSE_WAIT],
  ...[TcpState.LAST_ACK, TcpState.CLOSING],
);

/** The figures of some lanes, by their number. */
type LaneFigures = ReadonlyMap<number, NetworkFigures>;

/**
 * What the live connections of some lanes tell of the network, by the number of the lane. Where a lane has fewer than are
 * needed to judge it, those of all these lanes to the same host speak for it; where none lives, `samples` is 0 and
 * nothing but the address is known.
 *
 * Among few live sockets those that live now are listed, so that also connections of a millisecond are met. Among many,
 * connections that the census saw are looked up, at most 64 of a lane and 1,024 in all.
 *
 * @param lanes the first 128 of them are measured, the others get no entry
 * @throws FourtupleError where the kernel refuses
 */
export function measureNetwork(
  diag: SockDiag,
  census: Census,
  lanes: readonly number[],
): ReadonlyMap<number, NetworkQuality> {
  const figures = new Map(lanes.slice(0, MOST_LANES).map((lane) => [lane, new NetworkFigures(MOST_SAMPLES)]));
  if (countLive(census) <= MOST_LISTED) listLive(diag, census, figures);
  else lookUpSome(diag, census, figures);
  const hosts = poolByHost(census, figures);
  return new Map(
    Array.from(figures, ([lane, own]) => {
      const [source, destination] = [census.scan.lanes.source(lane), census.scan.lanes.destination(lane)];
      const host = hosts.get(formatAddress(destination)) as NetworkFigures;
      // What a machine sends to itself reaches no network.
      const isPrivateNetwork = isPrivate(destination) || sameAddress(source, destination);
      const spoken = own.samples < FEWEST_SAMPLES ? host : own;
      return [lane, { ...spoken.quality(isPrivateNetwork), bytesPerConnection: own.bytesPerConnection }];
    }),
  );
}

function countLive({ columns }: Census): number {
  return columns.live.reduce((sum, count) => sum + count, 0);
}

function listLive(diag: SockDiag, { scan }: Census, figures: LaneFigures): void {
  if (figures.size === 0) return;
  const key = new Uint32Array(LANE_KEY_WORDS);
  diag.forEachWithInfo({ states: MEASURED_STATES, localPorts: scan.range }, (socket) => {
    readLaneKey(socket, key);
    figures.get(scan.lanes.find(key))?.add(socket);
  });
}

/** Looks up established connections of each lane, evenly chosen from those that the census saw. */
function lookUpSome(diag: SockDiag, { scan, columns }: Census, figures: LaneFigures): void {
  const established = (lane: number): number => columns.inState(lane, TcpState.ESTABLISHED);
  const wanted = [...figures.keys()].filter((lane) => established(lane) > 0);
  const each = Math.min(MOST_SAMPLES, Math.floor(MOST_LOOKUPS / wanted.length));
  /** How many of each lane came by, kept for the lanes that are wanted only. */
  const passed = new Map(wanted.map((lane) => [lane, 0]));
  const { sockets } = scan;
  for (let row = 0; row < sockets.size; row += 1) {
    const lane = sockets.lane(row);
    const before = sockets.state(row) === TcpState.ESTABLISHED ? passed.get(lane) : undefined;
    if (before === undefined) continue;
    passed.set(lane, before + 1);
    if (isChosen(before, established(lane), each))
      diag.query(fourTupleOf(scan, row), (socket) => figures.get(lane)?.add(socket));
  }
}

/** Whether one of `count` things in a row is among `wanted` that are evenly chosen. */
function isChosen(index: number, count: number, wanted: number): boolean {
  return Math.floor((index * wanted) / count) !== Math.floor(((index - 1) * wanted) / count);
}

function poolByHost({ scan }: Census, figures: LaneFigures): ReadonlyMap<string, NetworkFigures> {
  const hosts = new Map<string, NetworkFigures>();
  for (const [lane, own] of figures) {
    const host = formatAddress(scan.lanes.destination(lane));
    const pooled = hosts.get(host) ?? new NetworkFigures(Number.POSITIVE_INFINITY);
    pooled.include(own);
    hosts.set(host, pooled);
  }
  return hosts;
}
