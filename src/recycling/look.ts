import { toBoundSocket } from '../census/bound-sockets.ts';
import { INTERFACE, LANE_KEY_WORDS, readLaneKey } from '../census/lane-table.ts';
import { ListenerIndex } from '../census/listener-index.ts';
import type { InetDiagView } from '../linux/inet-diag-message.ts';
import type { SockDiag } from '../linux/sock-diag.ts';
import { SocketIds } from '../linux/socket-ids.ts';
import type { PortPool } from '../tcp/capacity.ts';
import { type LanePattern, matchesLane } from '../tcp/lane-pattern.ts';
import { isFirstPassPort } from '../tcp/port-range.ts';
import { PortSet } from '../tcp/port-set.ts';
import { CONNECTED_STATES, stateMask, TcpState } from '../tcp/state.ts';
import { LINUX_TIME_WAIT_MS } from '../tcp/time-wait.ts';
import { DuePlan } from './due-plan.ts';
import type { LaneBook } from './lane-book.ts';

type MutableAddress = [number, number, number, number];

/** After a look comes the next: what comes of age later than this is found by that one. */
const HORIZON_MS = 1_500;
/** The clock is read once for so many sockets. */
const CLOCK_MASK = 63;

/**
 * One look at the connections of a namespace: counts of each lane that matches, and its TIME_WAIT sockets that are of age
 * or soon will be. Live sockets are only counted, and so are orphans in FIN_WAIT2. Connections that hold no slot, inbound
 * or on a reserved port, are passed over, as a census does.
 */
export class Look {
  /** The names of the sockets that are rows of the plan. */
  readonly ids: SocketIds = new SocketIds();
  /** Times are milliseconds since {@link startedAt}. */
  readonly plan: DuePlan = new DuePlan();
  /** `performance.now()` when it began. */
  startedAt: number = Number.NaN;
  seconds = 0;
  readonly #book: LaneBook;
  readonly #pattern: LanePattern;
  readonly #key = new Uint32Array(LANE_KEY_WORDS);
  readonly #source: MutableAddress = [0, 0, 0, 0];
  readonly #destination: MutableAddress = [0, 0, 0, 0];
  #pool: PortPool = { range: { low: 0, high: 0 }, reserved: new PortSet(), blocked: new PortSet() };
  #listeners = new ListenerIndex();
  /** Reserved or listened on. */
  #specialPorts = new PortSet();
  #youngLeftMs = 0;
  #seen = 0;
  #elapsedMs = 0;

  constructor(book: LaneBook, pattern: LanePattern) {
    this.#book = book;
    this.#pattern = pattern;
  }

  /**
   * @param windowSeconds TIME_WAIT sockets that are younger count as closed
   * @throws FourtupleError where the kernel does not list its sockets
   */
  take(diag: SockDiag, pool: PortPool, windowSeconds: number): void {
    this.startedAt = performance.now();
    this.#pool = pool;
    this.#youngLeftMs = LINUX_TIME_WAIT_MS - 1_000 * windowSeconds;
    this.#seen = 0;
    this.ids.clear();
    this.plan.clear();
    for (const lane of this.#book.lanes) lane.clearCounts();
    this.#findListeners(diag);
    diag.forEachSocket({ states: CONNECTED_STATES, localPorts: pool.range }, (socket) => this.#addConnection(socket));
    this.plan.arrange(this.#book.lanes.length);
    this.seconds = (performance.now() - this.startedAt) / 1_000;
  }

  #findListeners(diag: SockDiag): void {
    this.#listeners = new ListenerIndex();
    this.#specialPorts = PortSet.of(this.#pool.reserved);
    diag.forEachSocket({ states: stateMask(TcpState.LISTEN) }, (socket) => {
      this.#listeners.add(toBoundSocket(socket, 'listener'));
      this.#specialPorts.add(socket.localPort);
    });
  }

  #addConnection(socket: InetDiagView): void {
    // What is visited now has left the kernel before: an older time would make a socket older than it is.
    if ((this.#seen & CLOCK_MASK) === 0) this.#elapsedMs = Math.ceil(performance.now() - this.startedAt);
    this.#seen += 1;
    const key = this.#key;
    readLaneKey(socket, key);
    copyAddress(key, 0, this.#source);
    copyAddress(key, 4, this.#destination);
    if (!matchesLane(this.#pattern, this.#source, this.#destination, socket.remotePort)) return;
    const port = socket.localPort;
    if (this.#specialPorts.has(port) && this.#holdsNoSlot(port)) return;
    const number = this.#book.numberOf(key);
    const lane = this.#book.lanes[number];
    if (lane === undefined) return;
    lane.counted += 1;
    if (socket.state !== TcpState.TIME_WAIT || !socket.isTimeWait) {
      if (!isFirstPassPort(this.#pool.range, port) || this.#pool.blocked.has(port)) lane.beside += 1;
      return;
    }
    const leftMs = socket.timeWaitLeftMs;
    lane.timeWait += 1;
    if (leftMs > this.#youngLeftMs) lane.closed += 1;
    if (leftMs < lane.leastLeftMs) lane.leastLeftMs = leftMs;
    const dueMs = leftMs - lane.oldLeftMs;
    if (dueMs <= 0) lane.old += 1;
    if (dueMs > HORIZON_MS) return;
    this.ids.append(socket);
    this.plan.add(number, this.#elapsedMs + dueMs);
  }

  #holdsNoSlot(port: number): boolean {
    return this.#pool.reserved.has(port) || this.#listeners.takes(port, this.#source, this.#key[INTERFACE] as number);
  }
}

function copyAddress(key: Uint32Array, at: number, into: MutableAddress): void {
  for (let word = 0; word < 4; word += 1) into[word] = key[at + word] as number;
}
