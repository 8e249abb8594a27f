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
/** `idiag_timer` of a time-wait minisock. */
const TIMER_TIME_WAIT = 3;

/** Attribute types (INET_DIAG_*). The last four come without asking, for full sockets only. */
const InetDiagAttribute = { info: 2, ipv6Only: 11, cgroupId: 21, socketOptions: 22 } as const;

/** Bit 0 of the second byte of INET_DIAG_SOCKOPT. */
const BIND_ADDRESS_NO_PORT = 0x01;
/** Where `tcpi_options` stands in struct tcp_info, and its bit for negotiated timestamps. */
const TCP_INFO_OPTIONS = 5;
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

  /** Whether the connection negotiated TCP timestamps; undefined where the message holds no tcp_info. */
  get timestamps(): boolean | undefined {
    const at = this.#attribute(InetDiagAttribute.info, TCP_INFO_OPTIONS + 1);
    return at < 0 ? undefined : (this.#view.getUint8(at + TCP_INFO_OPTIONS) & TCPI_OPT_TIMESTAMPS) !== 0;
  }

  copyAddresses(into: Uint32Array): void {
    const view = this.#view;
    const source = this.#at + InetDiagOffset.source;
    const destination = this.#at + InetDiagOffset.destination;
    if (view.getUint8(this.#at + InetDiagOffset.family) === AF_INET) {
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
