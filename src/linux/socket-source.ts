import type { TcpState } from '../tcp/state.ts';

/**
 * One TCP socket. Sources move one view from socket to socket, so reading a field is reading memory: copy what you want
 * to keep, the next socket overwrites it.
 */
export interface SocketView {
  readonly state: TcpState;
  /** TIME_WAIT, or an orphan FIN_WAIT2: what the kernel keeps as a time-wait minisock, without owner or attributes. */
  readonly isTimeWait: boolean;
  readonly localPort: number;
  /** 0 for a socket without another end. */
  readonly remotePort: number;
  /** The interface that the socket is bound to, or the scope of its link-local address; 0 for none. */
  readonly interfaceIndex: number;
  /** Milliseconds until a TIME_WAIT socket's timer ends, 0 where it is overdue; -1 where that is not known. */
  readonly timeWaitLeftMs: number;
  /** What {@link OwnerLookup} knows the socket by: the inode of its file in the kernel; 0 for none or not known. */
  readonly inode: number;
  /** Whether IP_BIND_ADDRESS_NO_PORT is set; undefined where the source cannot tell. */
  readonly bindAddressNoPort: boolean | undefined;
  /** Whether a listening socket takes IPv6 only (IPV6_V6ONLY); undefined where the source cannot tell. */
  readonly ipv6Only: boolean | undefined;
  /** The id of the socket's version-2 cgroup, 0 where it is not known. */
  readonly cgroupId: number;
  /** Copies source and destination address, four words each (see `Address`), to `into[0..7]`. */
  copyAddresses(into: Uint32Array): void;
}

/** Which sockets a source is asked for. A source may give no others, and gives every one of these. */
export interface SocketFilter {
  /** A bit for each state, see `stateMask`. */
  readonly states: number;
  /** Only sockets whose local port is in this range, both ends included. */
  readonly localPorts?: { readonly low: number; readonly high: number };
}

/** Where sockets come from: the kernel, /proc/net/tcp, a captured file. All pass the same contract test. */
export interface SocketSource {
  /** What a person calls it: `sock_diag`, `/proc/net/tcp`, `ss -tan`. */
  readonly name: string;
  /**
   * Calls `visit` once for each socket that the filter asks for, in no particular order. The view is reused: it is valid
   * until `visit` returns.
   *
   * @throws FourtupleError where the source fails; sockets visited before that were real
   */
  forEachSocket(wanted: SocketFilter, visit: (socket: SocketView) => void): void;
}

/** A process that holds a socket. */
export interface ProcessRef {
  readonly pid: number;
  /** The kernel's name for it (`/proc/PID/comm`), at most 15 bytes. */
  readonly name: string;
}
