import type { SockDiag } from '../linux/sock-diag.ts';
import type { ProcessRef } from '../linux/socket-source.ts';
import { CONNECTED_STATES, TcpState } from '../tcp/state.ts';
import type { Census } from './census.ts';
import { CookieTable } from './cookie-table.ts';
import { LANE_KEY_WORDS, readLaneKey } from './lane-table.ts';
import type { FoundOwners, OwnedSockets } from './owners.ts';

/** TIME_WAIT sockets are gone before two of these are over; the older half of what is known is forgotten then. */
const GENERATION_MS = 65_000;
const MOST_REMEMBERED = 65_536;
const MOST_PROCESSES = 4_096;

/**
 * Remembers whose sockets are, so that it is known of those in TIME_WAIT, which belong to nobody any more: the kernel keeps
 * the cookie of a connection when it enters TIME_WAIT (`inet_twsk_alloc()`, `tw_cookie`). It knows those that were alive at
 * one of its looks: of short connections some, which suffices to name who opens them.
 */
export class TimeWaitOwners {
  #current = new CookieTable(MOST_REMEMBERED);
  #before = new CookieTable(0);
  #generationSince: number;
  #processes: ProcessRef[] = [];
  readonly #numbers = new Map<string, number>();

  /** @param now milliseconds that never go back */
  constructor(now: number) {
    this.#generationSince = now;
  }

  /**
   * Lists the sockets of some lanes, has the owners of live ones found and remembers them, and counts those in TIME_WAIT by
   * who had them when they lived, as far as that was seen.
   *
   * @param wanted the numbers of lanes in the census
   * @returns by the number of the lane
   * @throws FourtupleError where the kernel does not list its sockets
   */
  look(
    diag: SockDiag,
    { scan }: Pick<Census, 'scan'>,
    wanted: ReadonlySet<number>,
    findOwners: (inodes: readonly number[]) => FoundOwners,
    now: number,
  ): Map<number, readonly OwnedSockets[]> {
    this.#turnOver(now);
    const key = new Uint32Array(LANE_KEY_WORDS);
    const inodes: number[] = [];
    const cookies: number[] = [];
    const timeWaits = new Map<number, Map<number, number>>();
    diag.forEachSocket({ states: CONNECTED_STATES, localPorts: scan.range }, (socket) => {
      readLaneKey(socket, key);
      const lane = scan.lanes.find(key);
      if (!wanted.has(lane)) return;
      const [low, high] = [socket.cookieLow, socket.cookieHigh];
      if (socket.isTimeWait) {
        if (socket.state === TcpState.TIME_WAIT) count(timeWaits, lane, this.#get(low, high));
      } else if (socket.inode !== 0) {
        inodes.push(socket.inode);
        cookies.push(low, high);
      }
    });
    const found = findOwners(inodes);
    for (const [index, inode] of inodes.entries()) {
      const [owner] = found.of(inode);
      if (owner !== undefined) this.#remember(cookies[2 * index] as number, cookies[2 * index + 1] as number, owner);
    }
    return new Map([...timeWaits].map(([lane, counts]) => [lane, this.#owned(counts)]));
  }

  /** Whether no socket's owner is known. */
  get isEmpty(): boolean {
    return this.#current.size === 0 && this.#before.size === 0;
  }

  #get(low: number, high: number): number {
    const process = this.#current.get(low, high);
    return process >= 0 ? process : this.#before.get(low, high);
  }

  #remember(low: number, high: number, owner: ProcessRef): void {
    const key = `${owner.pid} ${owner.name}`;
    let number = this.#numbers.get(key);
    if (number === undefined) {
      if (this.#processes.length >= MOST_PROCESSES) return;
      number = this.#processes.push(owner) - 1;
      this.#numbers.set(key, number);
    }
    this.#current.set(low, high, number);
  }

  #turnOver(now: number): void {
    if (now - this.#generationSince < GENERATION_MS) return;
    this.#before = this.#current;
    if (this.#processes.length > MOST_PROCESSES / 2) {
      this.#before = new CookieTable(0);
      this.#processes = [];
      this.#numbers.clear();
    }
    this.#current = new CookieTable(MOST_REMEMBERED);
    this.#generationSince = now;
  }

  #owned(counts: ReadonlyMap<number, number>): OwnedSockets[] {
    return [...counts]
      .map(([process, sockets]) => ({ ...(this.#processes[process] as ProcessRef), sockets }))
      .sort((a, b) => b.sockets - a.sockets || a.pid - b.pid);
  }
}

function count(counts: Map<number, Map<number, number>>, lane: number, process: number): void {
  if (process < 0) return;
  let ofLane = counts.get(lane);
  if (ofLane === undefined) {
    ofLane = new Map();
    counts.set(lane, ofLane);
  }
  ofLane.set(process, (ofLane.get(process) ?? 0) + 1);
}
