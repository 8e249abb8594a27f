import type { SocketView } from '../linux/socket-source.ts';
import type { Address } from '../tcp/address.ts';

/** A lane's key: source and destination (four words each), destination port, interface index. */
export const LANE_KEY_WORDS = 10;
const DESTINATION = 4;
const PORT = 8;
/** Where in the key the interface index stands. */
export const INTERFACE = 9;

/** Copies the key of the lane that a socket is in, whichever of its ends chose the port. */
export function readLaneKey(socket: SocketView, into: Uint32Array): void {
  socket.copyAddresses(into);
  into[PORT] = socket.remotePort;
  into[INTERFACE] = socket.interfaceIndex;
}

const FIRST_CAPACITY = 256;
/** Odd multipliers: 2^32 over the golden ratio (Knuth, TAOCP 6.4), and those of MurmurHash3's finalizer. */
const GOLDEN_RATIO = 0x9e3779b1;
const MIX_A = 0x85ebca6b;
const MIX_B = 0xc2b2ae35;
/** What a bucket holds is a lane's number plus one, so that memory that was never touched is empty. */
const EMPTY = 0;

/**
 * Gives each lane a number, 0 and up, in the order of first sight. Keys stand in one typed array, found by open
 * addressing: half a million lanes take 24 MB and no object.
 */
export class LaneTable {
  #size = 0;
  #last = 0;
  #keys: Uint32Array;
  #buckets: Uint32Array;

  /** @param expected how many lanes there may be at most; memory is taken only as they come */
  constructor(expected = 0) {
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(expected, FIRST_CAPACITY)));
    this.#keys = new Uint32Array(capacity * LANE_KEY_WORDS);
    this.#buckets = new Uint32Array(capacity * 2);
  }

  /** How many lanes there are. */
  get size(): number {
    return this.#size;
  }

  /** The number of the lane with this key, a new one where it is new. */
  intern(key: Uint32Array): number {
    // A full lane's sockets come one after the other, but for those of other lanes between.
    if (this.#size > 0 && this.#matches(this.#last, key)) return this.#last;
    const mask = this.#buckets.length - 1;
    for (let bucket = hash(key, 0, mask); ; bucket = (bucket + 1) & mask) {
      const held = this.#buckets[bucket] as number;
      if (held !== EMPTY && !this.#matches(held - 1, key)) continue;
      this.#last = held === EMPTY ? this.#insert(key, bucket) : held - 1;
      return this.#last;
    }
  }

  /** The number of the lane with this key, -1 where there is none. */
  find(key: Uint32Array): number {
    const mask = this.#buckets.length - 1;
    for (let bucket = hash(key, 0, mask); ; bucket = (bucket + 1) & mask) {
      const held = this.#buckets[bucket] as number;
      if (held === EMPTY || this.#matches(held - 1, key)) return held - 1;
    }
  }

  /** Copies a lane's key, {@link LANE_KEY_WORDS} words. */
  copyKey(lane: number, into: Uint32Array): void {
    into.set(this.#keys.subarray(lane * LANE_KEY_WORDS, (lane + 1) * LANE_KEY_WORDS));
  }

  source(lane: number): Address {
    return this.#address(lane * LANE_KEY_WORDS);
  }

  destination(lane: number): Address {
    return this.#address(lane * LANE_KEY_WORDS + DESTINATION);
  }

  port(lane: number): number {
    return this.#keys[lane * LANE_KEY_WORDS + PORT] as number;
  }

  interfaceIndex(lane: number): number {
    return this.#keys[lane * LANE_KEY_WORDS + INTERFACE] as number;
  }

  /** Orders lanes by their keys: source, destination, port, interface. */
  compare(a: number, b: number): number {
    for (let word = 0; word < LANE_KEY_WORDS; word += 1) {
      const difference =
        (this.#keys[a * LANE_KEY_WORDS + word] as number) - (this.#keys[b * LANE_KEY_WORDS + word] as number);
      if (difference !== 0) return difference;
    }
    return 0;
  }

  #address(at: number): Address {
    const keys = this.#keys;
    return [keys[at] as number, keys[at + 1] as number, keys[at + 2] as number, keys[at + 3] as number];
  }

  #matches(lane: number, key: Uint32Array): boolean {
    const keys = this.#keys;
    const at = lane * LANE_KEY_WORDS;
    // What differs most comes first: destination, port, source.
    return (
      keys[at + 7] === key[7] &&
      keys[at + 8] === key[8] &&
      keys[at + 3] === key[3] &&
      keys[at + 6] === key[6] &&
      keys[at + 2] === key[2] &&
      keys[at + 5] === key[5] &&
      keys[at + 1] === key[1] &&
      keys[at + 4] === key[4] &&
      keys[at] === key[0] &&
      keys[at + 9] === key[9]
    );
  }

  #insert(key: Uint32Array, bucket: number): number {
    const lane = this.#size;
    if ((lane + 1) * LANE_KEY_WORDS > this.#keys.length) {
      this.#grow();
      return this.intern(key);
    }
    const at = lane * LANE_KEY_WORDS;
    for (let word = 0; word < LANE_KEY_WORDS; word += 1) this.#keys[at + word] = key[word] as number;
    this.#buckets[bucket] = lane + 1;
    this.#size += 1;
    return lane;
  }

  #grow(): void {
    const keys = new Uint32Array(this.#keys.length * 2);
    keys.set(this.#keys);
    this.#keys = keys;
    const buckets = new Uint32Array(this.#buckets.length * 2);
    const mask = buckets.length - 1;
    for (let lane = 0; lane < this.#size; lane += 1) {
      let bucket = hash(keys, lane * LANE_KEY_WORDS, mask);
      while (buckets[bucket] !== EMPTY) bucket = (bucket + 1) & mask;
      buckets[bucket] = lane + 1;
    }
    this.#buckets = buckets;
  }
}

/** Unrolled: it runs once for every socket. */
function hash(keys: Uint32Array, at: number, mask: number): number {
  let mixed = Math.imul((keys[at + 7] as number) ^ (keys[at + 8] as number), GOLDEN_RATIO);
  mixed = Math.imul(mixed ^ (mixed >>> 15) ^ (keys[at + 3] as number), MIX_A);
  mixed = Math.imul(mixed ^ (keys[at + 6] as number) ^ (keys[at + 9] as number), MIX_B);
  mixed = Math.imul(mixed ^ (mixed >>> 13) ^ (keys[at + 5] as number) ^ (keys[at + 2] as number), MIX_A);
  mixed = Math.imul(mixed ^ (keys[at + 4] as number), GOLDEN_RATIO);
  mixed = Math.imul(mixed ^ (mixed >>> 14) ^ (keys[at + 1] as number), MIX_B);
  mixed = Math.imul(mixed ^ (keys[at] as number), MIX_A);
  return (mixed ^ (mixed >>> 16)) & mask;
}
