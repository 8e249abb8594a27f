import { isFirstPassPort, type PortRange, rangeSize } from '../../src/tcp/port-range.ts';

/** A lane as far as ports go. */
export interface Ends {
  readonly source: string;
  readonly destination: string;
}

export interface ChosenPort extends Ends {
  readonly port: number;
  /** Whether bind() chose it before connect(). */
  readonly bound: boolean;
}

/** The same numbers from 0 to 1 for the same seed (Tommy Ettinger's mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Chooses source ports as the kernel does, for sockets that stay. */
export class PortChoice {
  readonly chosen: ChosenPort[] = [];
  readonly #range: PortRange;
  readonly #random: () => number;
  /** Ports that connect() skips for every lane. */
  readonly #explicit: Set<number>;
  readonly #byLane = new Map<string, Set<number>>();
  readonly #bySource = new Map<string, Set<number>>();

  /** @param blocked ports that something else is bound to, at any address */
  constructor(range: PortRange, random: () => number, blocked: Iterable<number> = []) {
    this.#range = range;
    this.#random = random;
    this.#explicit = new Set(blocked);
  }

  /** `__inet_hash_connect()`: the ports of the low end's parity first, from a random one on; then the others. */
  connect(lane: Ends): number | undefined {
    const held = this.#heldBy(this.#byLane, `${lane.source}>${lane.destination}`);
    const free = (port: number): boolean => !held.has(port) && !this.#explicit.has(port);
    return this.#hold(lane, this.#search(true, free) ?? this.#search(false, free), false);
  }

  /** The same for a socket with IP_LOCAL_PORT_RANGE: any port, whatever its parity. */
  connectWithRange(lane: Ends): number | undefined {
    const held = this.#heldBy(this.#byLane, `${lane.source}>${lane.destination}`);
    const size = rangeSize(this.#range);
    const start = Math.floor(this.#random() * size);
    for (let index = 0; index < size; index += 1) {
      const port = this.#range.low + ((start + index) % size);
      if (!held.has(port) && !this.#explicit.has(port)) return this.#hold(lane, port, false);
    }
    return undefined;
  }

  /** `inet_csk_find_open_port()`: the other parity first, and never a port that its source holds already. */
  bindAndConnect(lane: Ends): number | undefined {
    const held = this.#heldBy(this.#bySource, lane.source);
    const free = (port: number): boolean => !held.has(port);
    return this.#hold(lane, this.#search(false, free) ?? this.#search(true, free), true);
  }

  #search(firstPass: boolean, free: (port: number) => boolean): number | undefined {
    const { low, high } = this.#range;
    const start = low + (firstPass ? 0 : 1);
    const count = Math.floor((high - start) / 2) + 1;
    const offset = Math.floor(this.#random() * count);
    for (let index = 0; index < count; index += 1) {
      const port = start + 2 * ((offset + index) % count);
      if (free(port)) return port;
    }
    return undefined;
  }

  #hold(lane: Ends, port: number | undefined, bound: boolean): number | undefined {
    if (port === undefined) return undefined;
    if (bound) this.#explicit.add(port);
    this.#heldBy(this.#byLane, `${lane.source}>${lane.destination}`).add(port);
    this.#heldBy(this.#bySource, lane.source).add(port);
    this.chosen.push({ ...lane, port, bound });
    return port;
  }

  #heldBy(sets: Map<string, Set<number>>, key: string): Set<number> {
    const held = sets.get(key) ?? new Set<number>();
    sets.set(key, held);
    return held;
  }
}

/** How many ports of a range connect() finds in its first pass. */
export function firstPassSize(range: PortRange): number {
  let size = 0;
  for (let port = range.low; port <= range.high; port += 1) if (isFirstPassPort(range, port)) size += 1;
  return size;
}
