import { INTERFACE, LANE_KEY_WORDS, LaneTable, readLaneKey } from '../census/lane-table.ts';
import type { FourTuple } from '../linux/inet-diag-request.ts';
import type { SocketSource, SocketView } from '../linux/socket-source.ts';
import type { Machine } from '../remedies/machine.ts';
import { parseAddress, withoutZone } from '../tcp/address.ts';
import type { Lane } from '../tcp/lane.ts';
import { stateMask, TcpState } from '../tcp/state.ts';
import { LINUX_TIME_WAIT_MS } from '../tcp/time-wait.ts';

/** Of each lane so many are kept. */
const MOST = 3;
/** The kernel tells the time left to a tick of its clock: 10 ms at the most. */
const TICK_MS = 10;
const NONE = -1;
const UNWANTED_DEVICE = 0xffff_ffff;

/** Which TIME_WAIT sockets are wanted. */
export interface OldTimeWaits extends Pick<Machine, 'range' | 'reserved'> {
  readonly olderThanSeconds: number;
}

/**
 * Finds TIME_WAIT sockets of lanes that are old enough for connect() to take them over, the youngest of those: they show
 * best what connections are like at present. Ports that are reserved are left out: connect() skips them.
 *
 * @param interfaceName the name of an interface, null where it has none
 * @returns for each lane its sockets, youngest first, three at most
 * @throws FourtupleError where the source fails
 */
export function findOldTimeWaits(
  source: SocketSource,
  lanes: readonly Lane[],
  { range, reserved, olderThanSeconds }: OldTimeWaits,
  interfaceName: (index: number) => string | null,
): FourTuple[][] {
  const mostLeftMs = LINUX_TIME_WAIT_MS - olderThanSeconds * 1_000 - TICK_MS;
  const found = new YoungestOfLanes(lanes, interfaceName);
  source.forEachSocket({ states: stateMask(TcpState.TIME_WAIT), localPorts: range }, (socket) => {
    const leftMs = socket.timeWaitLeftMs;
    if (leftMs >= 0 && leftMs <= mostLeftMs && !reserved.has(socket.localPort)) found.add(socket, leftMs);
  });
  return lanes.map((_, lane) => found.of(lane));
}

/** Keeps the sockets with the most time left of each lane. Lanes are told apart by their device's name, as reports do. */
class YoungestOfLanes {
  readonly #lanes: readonly Lane[];
  readonly #table: LaneTable;
  readonly #key = new Uint32Array(LANE_KEY_WORDS);
  readonly #devices: readonly string[];
  /** The number of a device among `#devices`, from 1, by its interface's index. */
  readonly #deviceNumbers = new Map<number, number>([[0, 0]]);
  readonly #interfaceName: (index: number) => string | null;
  readonly #left: Int32Array;
  readonly #ports: Uint16Array;
  readonly #interfaces: Uint32Array;

  /** @param lanes no two of them alike */
  constructor(lanes: readonly Lane[], interfaceName: (index: number) => string | null) {
    this.#lanes = lanes;
    this.#interfaceName = interfaceName;
    this.#devices = [...new Set(lanes.flatMap(({ device }) => device ?? []))];
    this.#table = new LaneTable(lanes.length);
    for (const lane of lanes) this.#table.intern(this.#keyOf(lane));
    this.#left = new Int32Array(lanes.length * MOST).fill(NONE);
    this.#ports = new Uint16Array(lanes.length * MOST);
    this.#interfaces = new Uint32Array(lanes.length);
  }

  add(socket: SocketView, leftMs: number): void {
    const key = this.#key;
    readLaneKey(socket, key);
    const index = key[INTERFACE] as number;
    key[INTERFACE] = this.#deviceNumber(index);
    const lane = this.#table.find(key);
    if (lane < 0) return;
    this.#interfaces[lane] = index;
    const oldest = this.#oldest(lane);
    if (leftMs <= (this.#left[oldest] as number)) return;
    this.#left[oldest] = leftMs;
    this.#ports[oldest] = socket.localPort;
  }

  of(lane: number): FourTuple[] {
    const { source, destination, port } = this.#lanes[lane] as Lane;
    const kept = Array.from({ length: MOST }, (_, index) => lane * MOST + index);
    return kept
      .filter((at) => this.#left[at] !== NONE)
      .sort((a, b) => (this.#left[b] as number) - (this.#left[a] as number))
      .map((at) => ({
        source: parseAddress(withoutZone(source)),
        sourcePort: this.#ports[at] as number,
        destination: parseAddress(withoutZone(destination)),
        destinationPort: port,
        interfaceIndex: this.#interfaces[lane] as number,
      }));
  }

  /** Where the socket of a lane is kept that is to make room for a younger one. */
  #oldest(lane: number): number {
    let oldest = lane * MOST;
    for (let at = oldest + 1; at < (lane + 1) * MOST; at += 1) {
      if ((this.#left[at] as number) < (this.#left[oldest] as number)) oldest = at;
    }
    return oldest;
  }

  #keyOf({ source, destination, port, device }: Lane): Uint32Array {
    const addresses = [source, destination].flatMap((text) => parseAddress(withoutZone(text)));
    return Uint32Array.of(...addresses, port, device === null ? 0 : this.#devices.indexOf(device) + 1);
  }

  #deviceNumber(index: number): number {
    const known = this.#deviceNumbers.get(index);
    if (known !== undefined) return known;
    const number = this.#devices.indexOf(this.#interfaceName(index) ?? `${index}`) + 1;
    this.#deviceNumbers.set(index, number === 0 ? UNWANTED_DEVICE : number);
    return this.#deviceNumber(index);
  }
}
