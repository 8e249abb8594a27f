import type { SocketSource, SocketView } from '../linux/socket-source.ts';
import { isFirstPassPort, type PortRange, rangeSize } from '../tcp/port-range.ts';
import { PortSet } from '../tcp/port-set.ts';
import { CONNECTED_STATES, stateMask, TcpState } from '../tcp/state.ts';
import { type BoundSocket, toBoundSocket } from './bound-sockets.ts';
import { INTERFACE, LANE_KEY_WORDS, LaneTable, readLaneKey } from './lane-table.ts';
import { ListenerIndex } from './listener-index.ts';
import { SocketTable } from './socket-table.ts';

/** Everything that one look at a namespace's sockets gives: lanes by number, a row for each socket that holds a slot. */
export interface Scan {
  readonly range: PortRange;
  readonly reserved: PortSet;
  readonly lanes: LaneTable;
  readonly sockets: SocketTable;
  /** A version-2 cgroup id for each lane, of the first socket that had one; 0 for none. */
  readonly laneCgroup: readonly number[] | Float64Array;
  /** All listeners, whatever their port. */
  readonly listeners: readonly BoundSocket[];
  /** Bound and inactive sockets, and live ones bound to a port of their own choice; ports of the range only. */
  readonly bound: readonly BoundSocket[];
  /** Sockets that hold slots of ports that connect() would take last, and are not known to be bound late. */
  readonly otherPassSockets: number;
  /** Connections that hold no slot, of those that the source was asked for: inbound, or on a reserved port. */
  readonly outsideLanes: number;
}

/**
 * Looks at every socket whose local port is in the ephemeral range: no other can hold a slot. Sockets on a listener's
 * port are inbound, sockets on a reserved port hold no slot, every other one with another end holds a slot of a lane.
 */
export class SocketScanner implements Scan {
  readonly range: PortRange;
  readonly reserved: PortSet;
  readonly lanes: LaneTable;
  readonly sockets: SocketTable;
  readonly listeners: BoundSocket[] = [];
  readonly bound: BoundSocket[] = [];
  outsideLanes = 0;
  otherPassSockets = 0;
  readonly #listenerIndex = new ListenerIndex();
  /** Ports that are reserved or listened on: one look tells nearly all sockets that they hold a slot. */
  readonly #specialPorts: PortSet;
  readonly #key = new Uint32Array(LANE_KEY_WORDS);
  #laneCgroup = new Float64Array(256);

  /** @param expected how many sockets there may be at most, 0 where that is not known */
  constructor(range: PortRange, reserved: PortSet, expected = 0) {
    this.range = range;
    this.reserved = reserved;
    this.#specialPorts = PortSet.of(reserved);
    this.lanes = new LaneTable(expected);
    this.sockets = new SocketTable(expected);
  }

  get laneCgroup(): Float64Array {
    return this.#laneCgroup;
  }

  /** Before {@link addConnections}: which ports belong to listeners. */
  addListeners(source: SocketSource): void {
    source.forEachSocket({ states: stateMask(TcpState.LISTEN) }, (socket) =>
      this.addListener(toBoundSocket(socket, 'listener')),
    );
  }

  addListener(listener: BoundSocket): void {
    this.listeners.push(listener);
    this.#specialPorts.add(listener.port);
    this.#listenerIndex.add(listener);
  }

  addConnections(source: SocketSource): void {
    source.forEachSocket({ states: CONNECTED_STATES, localPorts: this.range }, (socket) => this.#addConnection(socket));
  }

  /** Takes what a listing of bound sockets gives: bound and inactive ones, and live ones bound to their own port. */
  addBound(socket: SocketView): void {
    const idle = socket.state === TcpState.BOUND_INACTIVE;
    const bound = toBoundSocket(socket, idle ? 'bound-idle' : 'bound-before-connect');
    if (idle || !this.#listenerIndex.takes(bound.port, bound.address, bound.interfaceIndex)) this.bound.push(bound);
  }

  /** How many ports the range has, but for reserved ones. */
  get portCount(): number {
    return rangeSize(this.range) - this.reserved.countWithin(this.range);
  }

  /** How many sockets the fullest lane holds. */
  mostOfLane(): number {
    const counts = new Uint32Array(this.lanes.size);
    let most = 0;
    for (let row = 0; row < this.sockets.size; row += 1) {
      const lane = this.sockets.lane(row);
      const count = (counts[lane] as number) + 1;
      counts[lane] = count;
      if (count > most) most = count;
    }
    return most;
  }

  #addConnection(socket: SocketView): void {
    const key = this.#key;
    const port = socket.localPort;
    readLaneKey(socket, key);
    if (this.#specialPorts.has(port) && (this.reserved.has(port) || this.#isInboundKey(port))) {
      this.outsideLanes += 1;
      return;
    }
    const lane = this.lanes.intern(key);
    const isTimeWait = socket.isTimeWait;
    // Only where the port is one that bind() prefers does it matter how the socket was bound.
    const otherPass = !isFirstPassPort(this.range, port);
    const boundLate = otherPass && !isTimeWait && socket.bindAddressNoPort === true;
    if (otherPass && !boundLate) this.otherPassSockets += 1;
    this.sockets.append(lane, port, socket.state, isTimeWait, boundLate, socket.timeWaitLeftMs, socket.inode);
    if (!isTimeWait) this.#rememberCgroup(lane, socket);
  }

  #rememberCgroup(lane: number, socket: SocketView): void {
    if (lane >= this.#laneCgroup.length) {
      const larger = new Float64Array(Math.max(lane + 1, this.#laneCgroup.length * 2));
      larger.set(this.#laneCgroup);
      this.#laneCgroup = larger;
    }
    if (this.#laneCgroup[lane] === 0) this.#laneCgroup[lane] = socket.cgroupId;
  }

  /** Whether a listener takes the connection whose key was read last. */
  #isInboundKey(port: number): boolean {
    const [a = 0, b = 0, c = 0, d = 0] = this.#key;
    return this.#listenerIndex.takes(port, [a, b, c, d], this.#key[INTERFACE] as number);
  }
}
