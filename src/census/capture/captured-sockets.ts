import type { SocketFilter, SocketSource, SocketView } from '../../linux/socket-source.ts';
import type { TcpState } from '../../tcp/state.ts';
import { CapturedSocket } from './captured-socket.ts';

const FIRST_CAPACITY = 1024;
const ADDRESS_WORDS = 8;

const STATE = 0x0f;
const TIME_WAIT_MINISOCK = 0x10;
const IPV6_ONLY_KNOWN = 0x20;
const IPV6_ONLY = 0x40;

const LAST_INODE = 0xffff_ffff;
const GOLDEN_RATIO = 0x9e3779b1;
const EMPTY = -1;

/** The sockets of a capture, in columns: 57 bytes for each, and no object. Each connection is held once. */
export class CapturedSockets implements SocketSource {
  readonly name: string;
  #size = 0;
  #addresses = new Uint32Array(FIRST_CAPACITY * ADDRESS_WORDS);
  #localPorts = new Uint16Array(FIRST_CAPACITY);
  #remotePorts = new Uint16Array(FIRST_CAPACITY);
  #interfaces = new Uint32Array(FIRST_CAPACITY);
  #kinds = new Uint8Array(FIRST_CAPACITY);
  #lefts = new Int32Array(FIRST_CAPACITY);
  #inodes = new Uint32Array(FIRST_CAPACITY);
  /** Rows of connections by the hash of their 4-tuple and interface: open addressing, at most half full. */
  #buckets = new Int32Array(FIRST_CAPACITY * 2).fill(EMPTY);

  /** @param name see `SocketSource` */
  constructor(name: string) {
    this.name = name;
  }

  get size(): number {
    return this.#size;
  }

  /**
   * Adds a copy of a socket.
   *
   * @returns false where there is such a connection already: it was not added. Two sockets that listen on one port
   *   (SO_REUSEPORT) are two sockets; two connections with one 4-tuple are one, seen twice.
   */
  add(socket: SocketView): boolean {
    const row = this.#size;
    if (row === this.#kinds.length) this.#grow();
    socket.copyAddresses(this.#addresses.subarray(row * ADDRESS_WORDS, (row + 1) * ADDRESS_WORDS));
    this.#localPorts[row] = socket.localPort;
    this.#remotePorts[row] = socket.remotePort;
    this.#interfaces[row] = socket.interfaceIndex;
    if (socket.remotePort !== 0 && !this.#claim(row)) return false;
    this.#kinds[row] = kindOf(socket);
    this.#lefts[row] = socket.timeWaitLeftMs;
    // Socket inodes have 32 bits (`get_next_ino()`); what is longer is none.
    this.#inodes[row] = socket.inode <= LAST_INODE ? socket.inode : 0;
    this.#size = row + 1;
    return true;
  }

  forEachSocket(wanted: SocketFilter, visit: (socket: SocketView) => void): void {
    const low = wanted.localPorts?.low ?? 0;
    const high = wanted.localPorts?.high ?? 0xffff;
    const view = new CapturedSocket();
    for (let row = 0; row < this.#size; row += 1) {
      const port = this.#localPorts[row] as number;
      if (port < low || port > high || (wanted.states & (1 << ((this.#kinds[row] as number) & STATE))) === 0) continue;
      this.#load(row, view);
      visit(view);
    }
  }

  #load(row: number, view: CapturedSocket): void {
    const kind = this.#kinds[row] as number;
    view.state = (kind & STATE) as TcpState;
    view.isTimeWait = (kind & TIME_WAIT_MINISOCK) !== 0;
    view.ipv6Only = (kind & IPV6_ONLY_KNOWN) === 0 ? undefined : (kind & IPV6_ONLY) !== 0;
    view.localPort = this.#localPorts[row] as number;
    view.remotePort = this.#remotePorts[row] as number;
    view.interfaceIndex = this.#interfaces[row] as number;
    view.timeWaitLeftMs = this.#lefts[row] as number;
    view.inode = this.#inodes[row] as number;
    const at = row * ADDRESS_WORDS;
    for (let word = 0; word < ADDRESS_WORDS; word += 1) view.addresses[word] = this.#addresses[at + word] as number;
  }

  /** Enters a row into the hash table, unless its connection is there. */
  #claim(row: number): boolean {
    const buckets = this.#buckets;
    const mask = buckets.length - 1;
    let bucket = this.#hash(row) & mask;
    for (; buckets[bucket] !== EMPTY; bucket = (bucket + 1) & mask) {
      if (this.#sameConnection(buckets[bucket] as number, row)) return false;
    }
    buckets[bucket] = row;
    return true;
  }

  #hash(row: number): number {
    let mixed = ((this.#localPorts[row] as number) << 16) | (this.#remotePorts[row] as number);
    mixed ^= this.#interfaces[row] as number;
    for (let at = row * ADDRESS_WORDS; at < (row + 1) * ADDRESS_WORDS; at += 1) {
      mixed = Math.imul(mixed ^ (this.#addresses[at] as number), GOLDEN_RATIO);
      mixed ^= mixed >>> 15;
    }
    return mixed >>> 0;
  }

  #sameConnection(a: number, b: number): boolean {
    if (this.#localPorts[a] !== this.#localPorts[b] || this.#remotePorts[a] !== this.#remotePorts[b]) return false;
    if (this.#interfaces[a] !== this.#interfaces[b]) return false;
    for (let word = 0; word < ADDRESS_WORDS; word += 1) {
      if (this.#addresses[a * ADDRESS_WORDS + word] !== this.#addresses[b * ADDRESS_WORDS + word]) return false;
    }
    return true;
  }

  #grow(): void {
    const capacity = this.#kinds.length * 2;
    this.#addresses = grown(this.#addresses, new Uint32Array(capacity * ADDRESS_WORDS));
    this.#localPorts = grown(this.#localPorts, new Uint16Array(capacity));
    this.#remotePorts = grown(this.#remotePorts, new Uint16Array(capacity));
    this.#interfaces = grown(this.#interfaces, new Uint32Array(capacity));
    this.#kinds = grown(this.#kinds, new Uint8Array(capacity));
    this.#lefts = grown(this.#lefts, new Int32Array(capacity));
    this.#inodes = grown(this.#inodes, new Uint32Array(capacity));
    this.#buckets = new Int32Array(capacity * 2).fill(EMPTY);
    for (let row = 0; row < this.#size; row += 1) if (this.#remotePorts[row] !== 0) this.#claim(row);
  }
}

function kindOf(socket: SocketView): number {
  const ipv6Only = socket.ipv6Only === undefined ? 0 : IPV6_ONLY_KNOWN | (socket.ipv6Only ? IPV6_ONLY : 0);
  return socket.state | (socket.isTimeWait ? TIME_WAIT_MINISOCK : 0) | ipv6Only;
}

function grown<Column extends Uint8Array | Uint16Array | Uint32Array | Int32Array>(from: Column, to: Column): Column {
  to.set(from);
  return to;
}
