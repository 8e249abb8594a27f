import { FourtupleError } from '../tcp/error.ts';
import { InetDiagView } from './inet-diag-message.ts';
import { joinNetlinkGroups, type NetlinkEvents } from './netlink-events.ts';
import { ATTRIBUTE_HEADER_SIZE, align4, findAttribute, HEADER_SIZE, messageLength } from './netlink-message.ts';

const NETLINK_SOCK_DIAG = 4;
/** SKNLGRP_INET_TCP_DESTROY is group 1, SKNLGRP_INET6_TCP_DESTROY group 3 (include/uapi/linux/sock_diag.h, Linux 4.2). */
const TCP_DESTROY_GROUPS = 0b101;
const INET_DIAG_MSG_SIZE = 72;
const INET_DIAG_INFO = 2;

/** Offsets in `struct tcp_info` (include/uapi/linux/tcp.h). */
const TcpInfoOffset = { bytesAcked: 120, bytesReceived: 128, segmentsIn: 140, minRoundTrip: 148 } as const;
/** All that is read of it is there (Linux 4.6). */
const TCP_INFO_READ = 152;
const NOT_MEASURED = 0xffff_ffff;
/** More than any such message has: struct tcp_info has 280 bytes on Linux 6.18. */
const RECEIVE_BUFFER_BYTES = 4_096;

/**
 * How a socket came to its end, as its last tcp_info shows it:
 * - `closed`: a connection, closed by either end, or reset by the other one;
 * - `reset`: a connection that this end has reset (SO_LINGER with time 0). The kernel has cleared the destination's port
 *   and, where the socket was not bound to it, the local address (`tcp_disconnect()`);
 * - `unanswered`: connect() was given up, or its time was over, without an answer;
 * - `refused`: connect() was answered, and not by a connection;
 * - `unconnected`: a listener, a socket that had no slot (EADDRNOTAVAIL), or one whose blocking connect() failed.
 */
export type Ending = 'closed' | 'reset' | 'unanswered' | 'refused' | 'unconnected';

/** A TCP socket that has come to its end, as a view over the kernel's message, moved from message to message. */
export class ClosedSocketView extends InetDiagView {
  #view: DataView = new DataView(new ArrayBuffer(0));
  /** Where struct tcp_info starts, -1 where there is none that is long enough. */
  #info = -1;

  override moveTo(view: DataView, at: number, length: number): void {
    super.moveTo(view, at, length);
    this.#view = view;
    const attribute = findAttribute(view, at + HEADER_SIZE + INET_DIAG_MSG_SIZE, at + length, INET_DIAG_INFO);
    const isLong = attribute >= 0 && view.getUint16(attribute, true) >= ATTRIBUTE_HEADER_SIZE + TCP_INFO_READ;
    this.#info = isLong ? attribute + ATTRIBUTE_HEADER_SIZE : -1;
  }

  /** @throws FourtupleError FT_UNSUPPORTED where the kernel tells too little, before Linux 4.6 */
  get ending(): Ending {
    if (this.localPort === 0) return 'unconnected';
    if (this.#info < 0) throw new FourtupleError('FT_UNSUPPORTED', 'this kernel tells too little of closed sockets');
    if (this.remotePort === 0) {
      // All else that is told of a connection is cleared by then, but not the shortest round trip.
      return this.#uint32(TcpInfoOffset.minRoundTrip) === NOT_MEASURED ? 'unconnected' : 'reset';
    }
    // The acknowledged SYN counts as a byte; for what was accepted, the shortest round trip is that of the SYN.
    if (this.#bytes(TcpInfoOffset.bytesAcked) > 0) return 'closed';
    if (this.#uint32(TcpInfoOffset.minRoundTrip) !== NOT_MEASURED) return 'closed';
    return this.#uint32(TcpInfoOffset.segmentsIn) > 0 ? 'refused' : 'unanswered';
  }

  /** Bytes that a closed connection has carried both ways; SYN and FIN count as one each. */
  get bytes(): number {
    return this.#info < 0 ? 0 : this.#bytes(TcpInfoOffset.bytesAcked) + this.#bytes(TcpInfoOffset.bytesReceived);
  }

  #uint32(offset: number): number {
    return this.#view.getUint32(this.#info + offset, true);
  }

  /** Exact up to 2^53. */
  #bytes(offset: number): number {
    return this.#uint32(offset) + 2 ** 32 * this.#uint32(offset + 4);
  }
}

/**
 * The ends of TCP sockets of one network namespace, as the kernel tells them by multicast (`sock_diag_broadcast_destroy()`,
 * net/core/sock_diag.c): one event for each full socket that is freed, so also where a connection enters TIME_WAIT, and
 * none for the end of TIME_WAIT. No privilege is needed. While anybody listens, the kernel makes a message of 380 bytes
 * for each socket that it frees.
 */
export class SocketCloses {
  readonly #events: NetlinkEvents;
  readonly #buffer = new Uint8Array(RECEIVE_BUFFER_BYTES);
  readonly #data = new DataView(this.#buffer.buffer);
  readonly #view = new ClosedSocketView();

  constructor(events: NetlinkEvents) {
    this.#events = events;
  }

  /**
   * Of the network namespace that the calling thread is in, from now on.
   *
   * @throws FourtupleError FT_UNSUPPORTED where there is no such multicast, or a sandbox refuses it
   */
  static open(): SocketCloses {
    return new SocketCloses(joinNetlinkGroups(NETLINK_SOCK_DIAG, TCP_DESTROY_GROUPS, 'watch TCP sockets close'));
  }

  /** Whether the kernel had to drop events so far. */
  get lost(): boolean {
    return this.#events.lost;
  }

  /**
   * Visits the ends that have been told since the last call, without waiting for more.
   *
   * @param most at most so many, so that nobody else waits long
   * @returns how many there were
   * @throws FourtupleError FT_KERNEL where a message cannot be true, or the socket fails
   */
  drain(most: number, visit: (socket: ClosedSocketView) => void): number {
    for (let count = 0; count < most; count += 1) {
      const length = this.#events.receive(this.#buffer);
      if (length === 0) return count;
      if (length > this.#buffer.byteLength) throw wrong(`has ${length} bytes`);
      this.#visitAll(length, visit);
    }
    return most;
  }

  close(): void {
    this.#events.close();
  }

  #visitAll(end: number, visit: (socket: ClosedSocketView) => void): void {
    for (let at = 0; at < end; ) {
      const length = end - at < HEADER_SIZE ? 0 : messageLength(this.#data, at);
      if (length < HEADER_SIZE || at + length > end) throw wrong(`says ${length} bytes where ${end - at} are left`);
      this.#view.moveTo(this.#data, at, length);
      visit(this.#view);
      at += align4(length);
    }
  }
}

function wrong(what: string): FourtupleError {
  return new FourtupleError('FT_KERNEL', `a message about the end of a socket ${what}`);
}
