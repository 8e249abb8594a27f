import { FourtupleError } from '../tcp/error.ts';
import { TcpState } from '../tcp/state.ts';
import { ATTRIBUTE_HEADER_SIZE, findAttribute, HEADER_SIZE } from './netlink-message.ts';
import type { SocketView } from './socket-source.ts';

/** Offsets in `struct inet_diag_msg` (include/uapi/linux/inet_diag.h), which follows the netlink header. */
const InetDiagOffset = {
  family: 0,
  state: 1,
  timer: 2,
  sourcePort: 4,
  destinationPort: 6,
  source: 8,
  destination: 24,
  interfaceIndex: 40,
  cookie: 44,
  expires: 52,
  uid: 64,
  inode: 68,
  attributes: 72,
} as const;

export const AF_INET = 2;
export const AF_INET6 = 10;
/** Bytes of `struct inet_diag_sockid`: ports, addresses, interface and cookie. */
export const SOCKET_ID_SIZE = 48;
/** `idiag_timer` of a time-wait minisock. */
const TIMER_TIME_WAIT = 3;

/** Attribute types (INET_DIAG_*). The last four come without asking, for full sockets only. */
const InetDiagAttribute = { info: 2, ipv6Only: 11, cgroupId: 21, socketOptions: 22 } as const;

/** Bit 0 of the second byte of INET_DIAG_SOCKOPT. */
const BIND_ADDRESS_NO_PORT = 0x01;
/** Offsets in `struct tcp_info` (include/uapi/linux/tcp.h). It grows at its end: older kernels send fewer of its fields. */
const TcpInfoOffset = {
  options: 5,
  retransmitTimeout: 8,
  lastDataReceived: 52,
  roundTrip: 68,
  roundTripVariance: 72,
  totalRetransmits: 100,
  bytesAcked: 120,
  bytesReceived: 128,
  segmentsOut: 136,
  reorderSeen: 220,
} as const;
/** The bit of `tcpi_options` for negotiated timestamps. */
const TCPI_OPT_TIMESTAMPS = 0x01;
const MAPPED_PREFIX = 0xffff;
const SMALLEST_MESSAGE: number = HEADER_SIZE + InetDiagOffset.attributes;

/** A view over one sock_diag message, moved from message to message. A field is read from the buffer when asked for. */
export class InetDiagView implements SocketView {
  #view: DataView = new DataView(new ArrayBuffer(InetDiagOffset.attributes));
  #at = 0;
  #end = 0;

  /**
   * @param length the message's length, netlink header included
   * @throws FourtupleError FT_KERNEL where it is too short for a socket, or of neither IP family
   */
  moveTo(view: DataView, at: number, length: number): void {
    if (length < SMALLEST_MESSAGE) throw wrongMessage(`has ${length} bytes, a socket needs ${SMALLEST_MESSAGE}`);
    this.#view = view;
    this.#at = at + HEADER_SIZE;
    this.#end = at + length;
    const family = view.getUint8(this.#at + InetDiagOffset.family);
    if (family !== AF_INET && family !== AF_INET6) throw wrongMessage(`is of address family ${family}`);
    const state = view.getUint8(this.#at + InetDiagOffset.state);
    if (state < TcpState.ESTABLISHED || state > TcpState.BOUND_INACTIVE) throw wrongMessage(`is in state ${state}`);
  }

  get state(): TcpState {
    const state = this.#view.getUint8(this.#at + InetDiagOffset.state) as TcpState;
    // The kernel reports bound and inactive sockets as closed (`tcp_diag_dump()`).
    return state === TcpState.CLOSE ? TcpState.BOUND_INACTIVE : state;
  }

  get isTimeWait(): boolean {
    return this.#view.getUint8(this.#at + InetDiagOffset.timer) === TIMER_TIME_WAIT;
  }

  get localPort(): number {
    return this.#view.getUint16(this.#at + InetDiagOffset.sourcePort);
  }

  get remotePort(): number {
    return this.#view.getUint16(this.#at + InetDiagOffset.destinationPort);
  }

  get interfaceIndex(): number {
    return this.#view.getUint32(this.#at + InetDiagOffset.interfaceIndex, true);
  }

  get timeWaitLeftMs(): number {
    return this.isTimeWait ? this.#view.getUint32(this.#at + InetDiagOffset.expires, true) : -1;
  }

  get inode(): number {
    return this.#view.getUint32(this.#at + InetDiagOffset.inode, true);
  }

  /** The lower half of {@link cookie}: a number where a bigint would be an object for each socket. */
  get cookieLow(): number {
    return this.#view.getUint32(this.#at + InetDiagOffset.cookie, true);
  }

  get cookieHigh(): number {
    return this.#view.getUint32(this.#at + InetDiagOffset.cookie + 4, true);
  }

  get cookie(): bigint {
    return this.#view.getBigUint64(this.#at + InetDiagOffset.cookie, true);
  }

  get bindAddressNoPort(): boolean | undefined {
    const at = this.#attribute(InetDiagAttribute.socketOptions, 2);
    return at < 0 ? undefined : (this.#view.getUint8(at + 1) & BIND_ADDRESS_NO_PORT) !== 0;
  }

  get ipv6Only(): boolean | undefined {
    const at = this.#attribute(InetDiagAttribute.ipv6Only, 1);
    return at < 0 ? undefined : this.#view.getUint8(at) !== 0;
  }

  get cgroupId(): number {
    const at = this.#attribute(InetDiagAttribute.cgroupId, 8);
    return at < 0 ? 0 : Number(this.#view.getBigUint64(at, true));
  }

  /** Whether the connection negotiated TCP timestamps; undefined where the message does not tell, as in all that follow. */
  get timestamps(): boolean | undefined {
    const at = this.#infoField(TcpInfoOffset.options, 1);
    return at < 0 ? undefined : (this.#view.getUint8(at) & TCPI_OPT_TIMESTAMPS) !== 0;
  }

  /** The smoothed round trip time; 0 where none has been measured yet. */
  get roundTripMicroseconds(): number | undefined {
    return this.#infoUint32(TcpInfoOffset.roundTrip);
  }

  /** The mean deviation of the round trip time; 250,000 where none has been measured yet (`tcp_init_sock()`). */
  get roundTripVarianceMicroseconds(): number | undefined {
    return this.#infoUint32(TcpInfoOffset.roundTripVariance);
  }

  /** How long the kernel waits now before it sends again; 1,000,000 until a round trip was measured. */
  get retransmitTimeoutMicroseconds(): number | undefined {
    return this.#infoUint32(TcpInfoOffset.retransmitTimeout);
  }

  /** Milliseconds since data came last, since the start of the connection where none did. */
  get lastDataReceivedMs(): number | undefined {
    return this.#infoUint32(TcpInfoOffset.lastDataReceived);
  }

  /** Segments that were sent again, SYNs among them. */
  get totalRetransmits(): number | undefined {
    return this.#infoUint32(TcpInfoOffset.totalRetransmits);
  }

  /** Segments sent, with those sent again and those that only acknowledge (Linux 4.2). */
  get segmentsOut(): number | undefined {
    return this.#infoUint32(TcpInfoOffset.segmentsOut);
  }

  /** How often segments of this connection were found to have arrived out of order (Linux 4.19). */
  get reorderSeen(): number | undefined {
    return this.#infoUint32(TcpInfoOffset.reorderSeen);
  }

  /** Bytes that the other end has acknowledged; SYN and FIN count as one each (Linux 4.1). */
  get bytesAcked(): number | undefined {
    return this.#infoUint64(TcpInfoOffset.bytesAcked);
  }

  /** Bytes received in order; a FIN counts as one (Linux 4.1). */
  get bytesReceived(): number | undefined {
    return this.#infoUint64(TcpInfoOffset.bytesReceived);
  }

  /** AF_INET or AF_INET6: that of the socket, which may be IPv6 with IPv4-mapped addresses. */
  get family(): number {
    return this.#view.getUint8(this.#at + InetDiagOffset.family);
  }

  /** Copies the kernel's own name of the socket, `struct inet_diag_sockid`, as it is: {@link SOCKET_ID_SIZE} bytes. */
  copyId(into: DataView, at: number): void {
    const view = this.#view;
    const id = this.#at + InetDiagOffset.sourcePort;
    for (let byte = 0; byte < SOCKET_ID_SIZE; byte += 4) into.setUint32(at + byte, view.getUint32(id + byte));
  }

  copyAddresses(into: Uint32Array): void {
    const view = this.#view;
    const source = this.#at + InetDiagOffset.source;
    const destination = this.#at + InetDiagOffset.destination;
    if (this.family === AF_INET) {
      into[0] = 0;
      into[1] = 0;
      into[2] = MAPPED_PREFIX;
      into[3] = view.getUint32(source);
      into[4] = 0;
      into[5] = 0;
      into[6] = MAPPED_PREFIX;
      into[7] = view.getUint32(destination);
    } else {
      into[0] = view.getUint32(source);
      into[1] = view.getUint32(source + 4);
      into[2] = view.getUint32(source + 8);
      into[3] = view.getUint32(source + 12);
      into[4] = view.getUint32(destination);
      into[5] = view.getUint32(destination + 4);
      into[6] = view.getUint32(destination + 8);
      into[7] = view.getUint32(destination + 12);
    }
  }

  #infoUint32(offset: number): number | undefined {
    const at = this.#infoField(offset, 4);
    return at < 0 ? undefined : this.#view.getUint32(at, true);
  }

  /** Exact up to 2^53. */
  #infoUint64(offset: number): number | undefined {
    const at = this.#infoField(offset, 8);
    return at < 0 ? undefined : this.#view.getUint32(at, true) + 2 ** 32 * this.#view.getUint32(at + 4, true);
  }

  /** Where a field of tcp_info stands, -1 where the message holds none, or an older and shorter one. */
  #infoField(offset: number, size: number): number {
    const at = this.#attribute(InetDiagAttribute.info, offset + size);
    return at < 0 ? -1 : at + offset;
  }

  /** Where the value of an attribute starts, -1 where there is none of at least `size` bytes. */
  #attribute(type: number, size: number): number {
    const at = findAttribute(this.#view, this.#at + InetDiagOffset.attributes, this.#end, type);
    if (at === -2) throw wrongMessage('has an attribute of an impossible length');
    if (at < 0 || this.#view.getUint16(at, true) < ATTRIBUTE_HEADER_SIZE + size) return -1;
    return at + ATTRIBUTE_HEADER_SIZE;
  }
}

function wrongMessage(what: string): FourtupleError {
  return new FourtupleError('FT_KERNEL', `a sock_diag message ${what}`, {
    hint: 'Please report it with the kernel version; /proc/net/tcp can be read instead.',
  });
}
