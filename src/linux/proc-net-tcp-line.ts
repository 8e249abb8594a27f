import { TcpState } from '../tcp/state.ts';
import type { SocketView } from './socket-source.ts';

/** `USER_HZ` is 100 on every architecture: the unit of `tm->when` (`jiffies_delta_to_clock_t()`). */
const MS_PER_TICK = 10;
const TIMER_TIME_WAIT = 3;
const MAPPED_PREFIX = 0xffff;

const SPACE = 0x20;
const COLON = 0x3a;
const IPV4_DIGITS = 8;
const IPV6_DIGITS = 32;
/** The longest number that a double holds exactly, and none of the file is longer. */
const MOST_HEX_DIGITS = 13;
const MOST_DECIMAL_DIGITS = 15;
const LONGEST_TIMER_MS = 0x7fff_ffff;

/**
 * Reads lines of /proc/net/tcp and /proc/net/tcp6 (`get_tcp4_sock()`, `get_timewait4_sock()`, `get_openreq4()` of
 * net/ipv4/tcp_ipv4.c and their IPv6 twins), and is the socket of the line read last. Addresses stand there as 32-bit
 * words in host byte order: little-endian is taken for granted, as on every machine that Node runs on but s390x.
 */
export class ProcNetTcpLine implements SocketView {
  state: TcpState = TcpState.CLOSE;
  isTimeWait = false;
  localPort = 0;
  remotePort = 0;
  timeWaitLeftMs = -1;
  inode = 0;
  readonly interfaceIndex = 0;
  readonly bindAddressNoPort = undefined;
  readonly ipv6Only = undefined;
  readonly cgroupId = 0;
  readonly #addresses = new Uint32Array(8);

  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;

  copyAddresses(into: Uint32Array): void {
    into.set(this.#addresses);
  }

  /**
   * Reads the line `bytes[start..end)`, its line end left out or not.
   *
   * @returns false where it is no line of a socket: the header, or a line that is cut before the end of the inode. The
   *   fields are void then.
   */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    if (this.#decimal() < 0 || !this.#takes(COLON)) return false;
    if (!this.#address(0) || !this.#takes(COLON)) return false;
    this.localPort = this.#port();
    if (!this.#address(4) || !this.#takes(COLON)) return false;
    this.remotePort = this.#port();
    const state = this.#hex();
    // Queues.
    if (this.#hex() < 0 || !this.#takes(COLON) || this.#hex() < 0) return false;
    const timer = this.#hex();
    if (!this.#takes(COLON)) return false;
    const leftMs = this.#hex() * MS_PER_TICK;
    // Retransmits, uid, timeout.
    if (this.#hex() < 0 || this.#decimal() < 0 || this.#decimal() < 0) return false;
    this.inode = this.#decimal();
    // What follows the number proves that it is whole. In a file of the kernel something always does.
    if (this.inode < 0 || !this.#takes(SPACE)) return false;
    return this.#settle(state, timer, leftMs);
  }

  #settle(state: number, timer: number, leftMs: number): boolean {
    if (this.localPort < 0 || this.remotePort < 0 || timer < 0 || leftMs < 0) return false;
    if (state < TcpState.ESTABLISHED || state > TcpState.CLOSING) return false;
    this.state = state as TcpState;
    this.isTimeWait = timer === TIMER_TIME_WAIT || state === TcpState.TIME_WAIT;
    if (this.isTimeWait && state !== TcpState.TIME_WAIT && state !== TcpState.FIN_WAIT2) return false;
    this.timeWaitLeftMs = timer === TIMER_TIME_WAIT ? leftMs : -1;
    return leftMs <= LONGEST_TIMER_MS || timer !== TIMER_TIME_WAIT;
  }

  #address(word: number): boolean {
    this.#skipSpaces();
    const start = this.#at;
    let digits = 0;
    while (start + digits < this.#end && hexValue(this.#bytes[start + digits] as number) >= 0) digits += 1;
    this.#at = start + digits;
    const addresses = this.#addresses;
    if (digits === IPV4_DIGITS) {
      addresses[word] = 0;
      addresses[word + 1] = 0;
      addresses[word + 2] = MAPPED_PREFIX;
      addresses[word + 3] = this.#swappedWord(start);
      return true;
    }
    if (digits !== IPV6_DIGITS) return false;
    for (let index = 0; index < 4; index += 1) addresses[word + index] = this.#swappedWord(start + index * IPV4_DIGITS);
    return true;
  }

  /** Eight hexadecimal digits as a number, its bytes turned round. */
  #swappedWord(start: number): number {
    let word = 0;
    for (let at = start + 6; at >= start; at -= 2) {
      word = (word << 8) | (hexValue(this.#bytes[at] as number) << 4) | hexValue(this.#bytes[at + 1] as number);
    }
    return word >>> 0;
  }

  /** Four hexadecimal digits, -1 where they are none. */
  #port(): number {
    const start = this.#at;
    const port = this.#hex();
    return this.#at - start === 4 ? port : -1;
  }

  #hex(): number {
    this.#skipSpaces();
    const start = this.#at;
    let value = 0;
    while (this.#at < this.#end) {
      const digit = hexValue(this.#bytes[this.#at] as number);
      if (digit < 0) break;
      value = value * 16 + digit;
      this.#at += 1;
    }
    return this.#at === start || this.#at - start > MOST_HEX_DIGITS ? -1 : value;
  }

  #decimal(): number {
    this.#skipSpaces();
    const start = this.#at;
    let value = 0;
    while (this.#at < this.#end) {
      const digit = (this.#bytes[this.#at] as number) - 0x30;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      this.#at += 1;
    }
    return this.#at === start || this.#at - start > MOST_DECIMAL_DIGITS ? -1 : value;
  }

  #takes(byte: number): boolean {
    if (this.#at >= this.#end || this.#bytes[this.#at] !== byte) return false;
    this.#at += 1;
    return true;
  }

  #skipSpaces(): void {
    while (this.#at < this.#end && this.#bytes[this.#at] === SPACE) this.#at += 1;
  }
}

function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : -1;
}
