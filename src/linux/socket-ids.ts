import { type InetDiagView, SOCKET_ID_SIZE } from './inet-diag-message.ts';

const SMALLEST_CAPACITY = 64;

/**
 * The kernel's own names of sockets (`struct inet_diag_sockid`, with the cookie that tells a socket from a later one with
 * the same addresses and ports), a row each, without an object for any: 49 bytes.
 */
export class SocketIds {
  #families: Uint8Array;
  #ids: DataView;
  #size = 0;

  /** @param expected how many there may be; it grows */
  constructor(expected = 0) {
    const capacity = Math.max(expected, SMALLEST_CAPACITY);
    this.#families = new Uint8Array(capacity);
    this.#ids = new DataView(new ArrayBuffer(capacity * SOCKET_ID_SIZE));
  }

  get size(): number {
    return this.#size;
  }

  /** Copies the socket's name. @returns its row */
  append(socket: InetDiagView): number {
    const row = this.#size;
    if (row === this.#families.length) this.#grow();
    this.#families[row] = socket.family;
    socket.copyId(this.#ids, row * SOCKET_ID_SIZE);
    this.#size = row + 1;
    return row;
  }

  /** Forgets all, and keeps the memory. */
  clear(): void {
    this.#size = 0;
  }

  /** Writes the `struct inet_diag_sockid` of a row, 48 bytes. @returns the address family that its request takes */
  copyTo(row: number, into: DataView, at: number): number {
    const ids = this.#ids;
    const from = row * SOCKET_ID_SIZE;
    for (let byte = 0; byte < SOCKET_ID_SIZE; byte += 4) into.setUint32(at + byte, ids.getUint32(from + byte));
    return this.#families[row] as number;
  }

  #grow(): void {
    const capacity = 2 * this.#families.length;
    const families = new Uint8Array(capacity);
    families.set(this.#families);
    this.#families = families;
    const ids = new Uint8Array(capacity * SOCKET_ID_SIZE);
    ids.set(new Uint8Array(this.#ids.buffer));
    this.#ids = new DataView(ids.buffer);
  }
}
