import type { SocketSource, SocketView } from '../linux/socket-source.ts';
import { formatAddress, isUnspecified } from '../tcp/address.ts';
import { PortSet } from '../tcp/port-set.ts';
import { CONNECTED_STATES, TcpState } from '../tcp/state.ts';
import { type BoundSocket, isBoundTo } from './bound-sockets.ts';
import { INTERFACE, LANE_KEY_WORDS, LaneTable } from './lane-table.ts';

/** Connections that others opened to one local address and port. */
export interface InboundEndpoint {
  /** Canonical text. */
  readonly address: string;
  readonly port: number;
  /** In any state, TIME_WAIT included. */
  readonly connections: number;
  readonly timeWait: number;
  /** Different addresses that they come from. */
  readonly clients: number;
  /** The inodes of the listeners that take them, those that are known. */
  readonly inodes: readonly number[];
}

/**
 * Counts the connections to listeners, by the local address and port that they go to; those with most clients first.
 *
 * @throws FourtupleError where the source fails
 */
export function countInbound(source: SocketSource, listeners: readonly BoundSocket[]): InboundEndpoint[] {
  if (listeners.length === 0) return [];
  const counter = new InboundCounter(listeners);
  const localPorts = {
    low: listeners.reduce((lowest, { port }) => Math.min(lowest, port), 65_535),
    high: listeners.reduce((highest, { port }) => Math.max(highest, port), 0),
  };
  source.forEachSocket({ states: CONNECTED_STATES, localPorts }, (socket) => counter.count(socket));
  return counter.endpoints().sort((a, b) => b.clients - a.clients || b.connections - a.connections);
}

/** Where the parts of a lane's key stand: an inbound connection is a lane of its client, whatever port that chose. */
const CLIENT = 0;
const LOCAL = 4;
const PORT = 8;
const NOT_INBOUND = -1;

class InboundCounter {
  readonly #listeners: readonly BoundSocket[];
  readonly #ports: PortSet;
  readonly #addresses = new Uint32Array(8);
  readonly #key = new Uint32Array(LANE_KEY_WORDS);
  /** Local address, port and interface: what decides whether a listener takes the connection. */
  readonly #places = new LaneTable();
  /** For each place the number of its endpoint. */
  readonly #endpointOf: number[] = [];
  /** Local address and port. */
  readonly #endpoints = new LaneTable();
  readonly #connections: number[] = [];
  readonly #timeWait: number[] = [];
  readonly #clients: number[] = [];
  readonly #takers: Set<BoundSocket>[] = [];
  /** Client's address, local address and port. */
  readonly #lanes = new LaneTable();

  constructor(listeners: readonly BoundSocket[]) {
    this.#listeners = listeners;
    this.#ports = PortSet.of(listeners.map(({ port }) => port));
  }

  count(socket: SocketView): void {
    if (!this.#ports.has(socket.localPort)) return;
    const endpoint = this.#findEndpoint(socket);
    if (endpoint === NOT_INBOUND) return;
    this.#connections[endpoint] = (this.#connections[endpoint] as number) + 1;
    if (socket.state === TcpState.TIME_WAIT) this.#timeWait[endpoint] = (this.#timeWait[endpoint] as number) + 1;
    const known = this.#lanes.size;
    for (let word = 0; word < 4; word += 1) this.#key[CLIENT + word] = this.#addresses[4 + word] as number;
    this.#key[INTERFACE] = 0;
    this.#lanes.intern(this.#key);
    if (this.#lanes.size > known) this.#clients[endpoint] = (this.#clients[endpoint] as number) + 1;
  }

  endpoints(): InboundEndpoint[] {
    return this.#connections.map((connections, endpoint) => ({
      address: formatAddress(this.#endpoints.destination(endpoint)),
      port: this.#endpoints.port(endpoint),
      connections,
      timeWait: this.#timeWait[endpoint] as number,
      clients: this.#clients[endpoint] as number,
      inodes: inodesOf(this.#takers[endpoint] as Set<BoundSocket>),
    }));
  }

  /** Leaves the local address and port in the key, and the addresses of both ends beside it. */
  #findEndpoint(socket: SocketView): number {
    socket.copyAddresses(this.#addresses);
    for (let word = 0; word < 4; word += 1) {
      this.#key[CLIENT + word] = 0;
      this.#key[LOCAL + word] = this.#addresses[word] as number;
    }
    this.#key[PORT] = socket.localPort;
    this.#key[INTERFACE] = socket.interfaceIndex;
    const place = this.#places.intern(this.#key);
    if (place === this.#endpointOf.length) this.#endpointOf.push(this.#endpointAt(place));
    return this.#endpointOf[place] as number;
  }

  #endpointAt(place: number): number {
    const [port, address] = [this.#places.port(place), this.#places.destination(place)];
    const interfaceIndex = this.#places.interfaceIndex(place);
    const takers = this.#listeners.filter(
      (listener) => listener.port === port && isBoundTo(listener, address, interfaceIndex),
    );
    if (takers.length === 0) return NOT_INBOUND;
    this.#key[INTERFACE] = 0;
    const endpoint = this.#endpoints.intern(this.#key);
    if (endpoint === this.#connections.length) {
      for (const column of [this.#connections, this.#timeWait, this.#clients]) column.push(0);
      this.#takers.push(new Set());
    }
    for (const taker of takers) this.#takers[endpoint]?.add(taker);
    return endpoint;
  }
}

/** A listener at the very address comes before those at all addresses (`inet_lookup_listener()`). */
function inodesOf(takers: ReadonlySet<BoundSocket>): number[] {
  const own = [...takers].filter(({ address }) => !isUnspecified(address));
  return (own.length > 0 ? own : [...takers]).map(({ inode }) => inode).filter((inode) => inode !== 0);
}
