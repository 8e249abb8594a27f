import type { TcpState } from '../tcp/state.ts';

/** A time-wait timer that the source does not tell. */
export const UNKNOWN_LEFT = 0xffff;
const LONGEST_LEFT = 0xfffe;

const STATE_MASK = 0x0f;
const TIME_WAIT_MINISOCK = 0x10;
const NO_PORT = 0x20;

const FIRST_CAPACITY = 1024;

/** The sockets that hold slots, in columns: 13 bytes for each, and no object. */
export class SocketTable {
  #size = 0;
  #lane: Uint32Array;
  #port: Uint16Array;
  #left: Uint16Array;
  #inode: Uint32Array;
  #kind: Uint8Array;

  /** @param expected how many sockets there may be at most; memory is taken only as they come */
  constructor(expected = 0) {
    const capacity = Math.max(expected, FIRST_CAPACITY);
    this.#lane = new Uint32Array(capacity);
    this.#port = new Uint16Array(capacity);
    this.#left = new Uint16Array(capacity);
    this.#inode = new Uint32Array(capacity);
    this.#kind = new Uint8Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  append(
    lane: number,
    port: number,
    state: TcpState,
    isTimeWait: boolean,
    bindAddressNoPort: boolean,
    timeWaitLeftMs: number,
    inode: number,
  ): void {
    const row = this.#size;
    if (row === this.#lane.length) this.#grow();
    this.#lane[row] = lane;
    this.#port[row] = port;
    this.#left[row] = timeWaitLeftMs < 0 ? UNKNOWN_LEFT : Math.min(timeWaitLeftMs, LONGEST_LEFT);
    this.#inode[row] = inode;
    this.#kind[row] = state | (isTimeWait ? TIME_WAIT_MINISOCK : 0) | (bindAddressNoPort ? NO_PORT : 0);
    this.#size = row + 1;
  }

  lane(row: number): number {
    return this.#lane[row] as number;
  }

  port(row: number): number {
    return this.#port[row] as number;
  }

  /** Milliseconds until the time-wait timer ends, capped at 65,534; {@link UNKNOWN_LEFT} where not known. */
  timeWaitLeftMs(row: number): number {
    return this.#left[row] as number;
  }

  inode(row: number): number {
    return this.#inode[row] as number;
  }

  state(row: number): TcpState {
    return ((this.#kind[row] as number) & STATE_MASK) as TcpState;
  }

  isTimeWait(row: number): boolean {
    return ((this.#kind[row] as number) & TIME_WAIT_MINISOCK) !== 0;
  }

  bindAddressNoPort(row: number): boolean {
    return ((this.#kind[row] as number) & NO_PORT) !== 0;
  }

  /** Leaves only the rows for which `keep` says so, in their order. */
  retain(keep: (row: number) => boolean): void {
    let kept = 0;
    for (let row = 0; row < this.#size; row += 1) {
      if (!keep(row)) continue;
      for (const column of [this.#lane, this.#port, this.#left, this.#inode, this.#kind]) {
        column[kept] = column[row] as number;
      }
      kept += 1;
    }
    this.#size = kept;
  }

  #grow(): void {
    const capacity = this.#lane.length * 2;
    this.#lane = grown(this.#lane, new Uint32Array(capacity));
    this.#port = grown(this.#port, new Uint16Array(capacity));
    this.#left = grown(this.#left, new Uint16Array(capacity));
    this.#inode = grown(this.#inode, new Uint32Array(capacity));
    this.#kind = grown(this.#kind, new Uint8Array(capacity));
  }
}

function grown<Column extends Uint8Array | Uint16Array | Uint32Array>(from: Column, to: Column): Column {
  to.set(from);
  return to;
}
