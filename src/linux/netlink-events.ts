import { constants } from 'node:os';
import { FourtupleError } from '../tcp/error.ts';
import { errno, errnoName, libc, SOCK_CLOEXEC } from './libc.ts';
import { NetlinkError } from './netlink-error.ts';

/** Where netlink datagrams come from that nobody has asked for: the kernel's multicast, or a test that plays it. */
export interface NetlinkEvents {
  /**
   * Reads one datagram, without waiting.
   *
   * @returns its whole length, also where that is more than `into` holds; 0 where none waits
   * @throws NetlinkError where the socket fails
   */
  receive(into: Uint8Array): number;
  /** Whether the kernel had to drop datagrams so far, because they came faster than they were read. */
  readonly lost: boolean;
  close(): void;
}

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCKADDR_SIZE = 12;
const GROUPS = 8;
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
/** Beyond net.core.rmem_max, with CAP_NET_ADMIN (socket(7)). */
const SO_RCVBUFFORCE = 33;
const MSG_DONTWAIT = 0x40;
const MSG_TRUNC = 0x20;
/** The kernel takes memory only for what waits to be read, and doubles this number. */
const BUFFER_BYTES = 64 * 1024 * 1024;

const { EAGAIN, EINTR, ENOBUFS } = constants.errno;

/**
 * Joins multicast groups of a netlink protocol, in the network namespace that the calling thread is in; it stays there.
 *
 * @param groups a bit for each, that of group 1 first
 * @throws FourtupleError FT_UNSUPPORTED where there is no such protocol or group, or a sandbox refuses it
 */
export function joinNetlinkGroups(protocol: number, groups: number, purpose: string): NetlinkEvents {
  const unsupported = (): FourtupleError =>
    new FourtupleError('FT_UNSUPPORTED', `no netlink socket to ${purpose}: ${errnoName(errno())}`);
  const fd = libc.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
  if (fd < 0) throw unsupported();
  const size = Int32Array.of(BUFFER_BYTES);
  if (libc.setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, size, 4) !== 0) {
    libc.setsockopt(fd, SOL_SOCKET, SO_RCVBUF, size, 4);
  }
  const address = new DataView(new ArrayBuffer(SOCKADDR_SIZE));
  address.setUint16(0, AF_NETLINK, true);
  address.setUint32(GROUPS, groups, true);
  if (libc.bind(fd, address, SOCKADDR_SIZE) === 0) return new KernelEvents(fd, purpose);
  const error = unsupported();
  libc.close(fd);
  throw error;
}

class KernelEvents implements NetlinkEvents {
  lost = false;
  #fd: number;
  readonly #purpose: string;

  constructor(fd: number, purpose: string) {
    this.#fd = fd;
    this.#purpose = purpose;
  }

  receive(into: Uint8Array): number {
    for (;;) {
      const length = libc.recv(this.#fd, into, into.byteLength, MSG_DONTWAIT | MSG_TRUNC);
      if (length >= 0) return length;
      const number = errno();
      if (number === EAGAIN) return 0;
      // Told once (`netlink_overrun()`, af_netlink.c); what was not dropped can be read afterwards.
      if (number === ENOBUFS) this.lost = true;
      else if (number !== EINTR) throw new NetlinkError({ operation: this.#purpose, errno: number });
    }
  }

  close(): void {
    if (this.#fd >= 0) libc.close(this.#fd);
    this.#fd = -1;
  }
}
