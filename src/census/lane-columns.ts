import { isFirstPassPort } from '../tcp/port-range.ts';
import { TCP_STATE_COUNT, TcpState } from '../tcp/state.ts';
import { LINUX_TIME_WAIT_MS } from '../tcp/time-wait.ts';
import type { BlockedPorts } from './blocked-ports.ts';
import type { Scan } from './scan.ts';
import { UNKNOWN_LEFT } from './socket-table.ts';

/** Counts for each lane. A lane has at most 65,535 sockets, so 16 bits hold them, but for repeated ones in `used`. */
export class LaneColumns {
  readonly used: Uint32Array;
  /** used, and no time-wait minisock. */
  readonly live: Uint16Array;
  /** In TIME_WAIT for at least the reuse delay: what connect() takes over where reuse applies. */
  readonly pastReuseDelay: Uint16Array;
  /** In TIME_WAIT for less than a second, for less than ten, and for less than a minute: those whose time is not over. */
  readonly closedInLastSecond: Uint16Array;
  readonly closedInLastTen: Uint16Array;
  readonly closedInLastMinute: Uint16Array;
  /** The age of the oldest TIME_WAIT socket in milliseconds. */
  readonly oldestTimeWaitMs: Uint16Array;
  /** Sockets in TIME_WAIT whose age the source does not tell. */
  readonly ageUnknown: Uint16Array;
  /** Sockets on ports that are blocked for other lanes. */
  readonly ownBlocked: Uint16Array;
  /** Sockets on ports that connect() tries last; blocked ones left out. */
  readonly otherPass: Uint16Array;
  /** Of pastReuseDelay: those on ports that connect() tries last, or that are blocked. */
  readonly pastDelayBeside: Uint16Array;
  readonly #states: Uint16Array;

  constructor(lanes: number) {
    this.used = new Uint32Array(lanes);
    this.live = new Uint16Array(lanes);
    this.pastReuseDelay = new Uint16Array(lanes);
    this.closedInLastSecond = new Uint16Array(lanes);
    this.closedInLastTen = new Uint16Array(lanes);
    this.closedInLastMinute = new Uint16Array(lanes);
    this.oldestTimeWaitMs = new Uint16Array(lanes);
    this.ageUnknown = new Uint16Array(lanes);
    this.ownBlocked = new Uint16Array(lanes);
    this.otherPass = new Uint16Array(lanes);
    this.pastDelayBeside = new Uint16Array(lanes);
    this.#states = new Uint16Array(lanes * TCP_STATE_COUNT);
  }

  inState(lane: number, state: number): number {
    return this.#states[lane * TCP_STATE_COUNT + state] as number;
  }

  countState(lane: number, state: number): void {
    const at = lane * TCP_STATE_COUNT + state;
    this.#states[at] = (this.#states[at] as number) + 1;
  }
}

/** @param reuseDelayMs how old a TIME_WAIT socket must be for connect() to take it over */
export function countLanes(scan: Scan, blocked: BlockedPorts, reuseDelayMs: number): LaneColumns {
  const columns = new LaneColumns(scan.lanes.size);
  const { sockets, range } = scan;
  const { used } = columns;
  for (let row = 0; row < sockets.size; row += 1) {
    const lane = sockets.lane(row);
    const state = sockets.state(row);
    const port = sockets.port(row);
    used[lane] = (used[lane] as number) + 1;
    columns.countState(lane, state);
    const isBlocked = blocked.ports.has(port);
    const isBeside = isBlocked || !isFirstPassPort(range, port);
    if (isBeside) increment(isBlocked ? columns.ownBlocked : columns.otherPass, lane);
    if (!sockets.isTimeWait(row)) increment(columns.live, lane);
    else if (state === TcpState.TIME_WAIT) countAge(columns, lane, sockets.timeWaitLeftMs(row), reuseDelayMs, isBeside);
  }
  return columns;
}

function countAge(columns: LaneColumns, lane: number, leftMs: number, reuseDelayMs: number, isBeside: boolean): void {
  if (leftMs === UNKNOWN_LEFT) {
    increment(columns.ageUnknown, lane);
    return;
  }
  const age = Math.max(0, LINUX_TIME_WAIT_MS - leftMs);
  if (age >= reuseDelayMs) {
    increment(columns.pastReuseDelay, lane);
    if (isBeside) increment(columns.pastDelayBeside, lane);
  }
  if (age < 1_000) increment(columns.closedInLastSecond, lane);
  if (age < 10_000) increment(columns.closedInLastTen, lane);
  if (leftMs > 0) increment(columns.closedInLastMinute, lane);
  if (age > (columns.oldestTimeWaitMs[lane] as number)) columns.oldestTimeWaitMs[lane] = age;
}

function increment(column: Uint16Array, lane: number): void {
  column[lane] = (column[lane] as number) + 1;
}
