import type { ClosedSocketView } from '../linux/socket-closes.ts';
import { isUnspecified, sameAddress } from '../tcp/address.ts';
import { INTERFACE, LANE_KEY_WORDS, LaneTable, readLaneKey } from './lane-table.ts';
import { ListenerIndex } from './listener-index.ts';
import type { Scan } from './scan.ts';

/** What is known of the closes of one lane. */
export interface LaneCloses {
  /** Slots that were given up: connections closed or reset by either end, and connects given up without an answer. */
  readonly closes: number;
  /** Of them those whose bytes are known, and the bytes that they carried both ways. */
  readonly measured: number;
  readonly bytes: number;
  /** Connections that this end has reset, of this lane or of another one to the same address: the kernel tells no port. */
  readonly doubtful: number;
}

const DESTINATION_WORDS = [4, 5, 6, 7, INTERFACE] as const;
/** The port of the key under which resets are counted until all lanes are known. */
const NO_PORT = 0;
const FIRST_CAPACITY = 256;
const Column = { closes: 0, measured: 1, bytes: 2, doubtful: 3 } as const;
const COLUMNS = 4;

/**
 * Counts the ends of sockets for each lane. What counts is the slot: a refused connect() holds it for a round trip and no
 * longer, and a connect() that found no port holds none, so neither counts; one that is given up without an answer has
 * held its slot all the while.
 */
export class CloseCounts {
  readonly #range: Scan['range'];
  readonly #reserved: Scan['reserved'];
  readonly #listeners = new ListenerIndex();
  readonly #lanes = new LaneTable();
  readonly #key = new Uint32Array(LANE_KEY_WORDS);
  /** Four for each lane. */
  #counts = new Float64Array(COLUMNS * FIRST_CAPACITY);
  #resets = false;

  /** @param scan tells which ports can hold a slot, and which belong to listeners */
  constructor({ range, reserved, listeners }: Pick<Scan, 'range' | 'reserved' | 'listeners'>) {
    this.#range = range;
    this.#reserved = reserved;
    for (const listener of listeners) this.#listeners.add(listener);
  }

  /** For every socket that comes to its end. Bound, so that it can be handed on. */
  readonly add = (socket: ClosedSocketView): void => {
    const port = socket.localPort;
    if (port < this.#range.low || port > this.#range.high || this.#reserved.has(port)) return;
    const { ending } = socket;
    if (ending === 'unconnected' || ending === 'refused') return;
    readLaneKey(socket, this.#key);
    if (this.#isInbound(port)) return;
    if (ending === 'reset') this.#resets = true;
    const lane = this.#lanes.intern(this.#key);
    this.#count(lane, Column.closes, 1);
    if (ending !== 'closed') return;
    this.#count(lane, Column.measured, 1);
    this.#count(lane, Column.bytes, socket.bytes);
  };

  /** Says which lanes there are, besides those that have been seen to close: resets may have been of theirs. Call once. */
  settle(known: readonly LaneTable[]): void {
    for (const table of known) {
      for (let lane = 0; lane < table.size; lane += 1) {
        table.copyKey(lane, this.#key);
        this.#lanes.intern(this.#key);
      }
    }
    if (this.#resets) this.#settleResets();
  }

  /** @param key of a lane, as `LaneTable.copyKey` gives it */
  closesOf(key: Uint32Array): LaneCloses {
    const lane = this.#lanes.find(key);
    return {
      closes: this.#read(lane, Column.closes),
      measured: this.#read(lane, Column.measured),
      bytes: this.#read(lane, Column.bytes),
      doubtful: this.#read(lane, Column.doubtful),
    };
  }

  /** All closes, also those of lanes that nobody asks about; resets that may have been of several lanes left out. */
  get total(): number {
    let total = 0;
    for (let lane = 0; lane < this.#lanes.size; lane += 1) {
      if (this.#lanes.port(lane) !== NO_PORT) total += this.#read(lane, Column.closes);
    }
    return total;
  }

  /** Gives the resets to the one lane that they can have been of; where there are several, to none. */
  #settleResets(): void {
    const lanes = this.#lanes;
    const byDestination = new Map<string, number[]>();
    for (let lane = 0; lane < lanes.size; lane += 1) {
      if (lanes.port(lane) === NO_PORT) continue;
      const destination = this.#destinationOf(lane);
      const same = byDestination.get(destination);
      if (same === undefined) byDestination.set(destination, [lane]);
      else same.push(lane);
    }
    for (let reset = 0; reset < lanes.size; reset += 1) {
      if (lanes.port(reset) !== NO_PORT) continue;
      const source = lanes.source(reset);
      const candidates = (byDestination.get(this.#destinationOf(reset)) ?? []).filter(
        (lane) => isUnspecified(source) || sameAddress(source, lanes.source(lane)),
      );
      const column = candidates.length === 1 ? Column.closes : Column.doubtful;
      const count = this.#read(reset, Column.closes);
      for (const lane of candidates) this.#count(lane, column, count);
    }
  }

  #destinationOf(lane: number): string {
    this.#lanes.copyKey(lane, this.#key);
    return DESTINATION_WORDS.map((word) => this.#key[word]).join();
  }

  /** Of the socket whose key was read last. */
  #isInbound(port: number): boolean {
    if (!this.#listeners.hasPort(port)) return false;
    const [a = 0, b = 0, c = 0, d = 0] = this.#key;
    return this.#listeners.takes(port, [a, b, c, d], this.#key[INTERFACE] as number);
  }

  #read(lane: number, column: number): number {
    return this.#counts[lane * COLUMNS + column] ?? 0;
  }

  #count(lane: number, column: number, more: number): void {
    const at = lane * COLUMNS + column;
    if (at >= this.#counts.length) {
      const grown = new Float64Array(Math.max(at + COLUMNS, this.#counts.length * 2));
      grown.set(this.#counts);
      this.#counts = grown;
    }
    this.#counts[at] = (this.#counts[at] as number) + more;
  }
}
