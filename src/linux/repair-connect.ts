import { constants } from 'node:os';
import { errno, libc, SOCK_CLOEXEC } from './libc.ts';

const SOCK_STREAM = 1;
const SOL_SOCKET = 1;
const SO_BINDTOIFINDEX = 62;
const IPPROTO_IP = 0;
const IP_BIND_ADDRESS_NO_PORT = 24;
const IP_LOCAL_PORT_RANGE = 51;
const IPPROTO_TCP = 6;
const TCP_REPAIR = 19;

const { EADDRNOTAVAIL } = constants.errno;

/** What a socket connects to and from. Addresses are `struct sockaddr`, of one family. */
export interface RepairConnect {
  readonly destination: Uint8Array;
  /** One of the ephemeral range and not reserved: of another one the kernel would take no notice, and choose from all. */
  readonly port: number;
  /** With port 0; the kernel's choice where left out. */
  readonly source?: Uint8Array;
  /** The interface that it is bound to; none where left out, or 0. */
  readonly interfaceIndex?: number;
}

/**
 * Lets `connect()` choose a source port for a destination as ever (`__inet_hash_connect()`), from a range of one port
 * (IP_LOCAL_PORT_RANGE, Linux 6.3), in the network namespace that the calling thread is in. The socket is in repair mode
 * (TCP_REPAIR, CAP_NET_ADMIN), in which neither connect() nor close() sends a packet (`tcp_connect()`,
 * `tcp_disconnect()`), and is closed at once. Takes some 10 µs.
 *
 * @returns false where the port is refused (EADDRNOTAVAIL); null where it cannot be tried: no privilege, an older kernel,
 *   no such address, no route
 */
export function tryRepairConnect(wanted: RepairConnect): boolean | null {
  const { destination, port, source, interfaceIndex = 0 } = wanted;
  const socket = libc.socket(destination[0] as number, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return null;
  const set = (level: number, option: number, value: number): boolean =>
    libc.setsockopt(socket, level, option, Uint32Array.of(value), 4) === 0;
  try {
    if (!set(IPPROTO_TCP, TCP_REPAIR, 1)) return null;
    if (!set(IPPROTO_IP, IP_LOCAL_PORT_RANGE, (port << 16) | port)) return null;
    if (interfaceIndex !== 0 && !set(SOL_SOCKET, SO_BINDTOIFINDEX, interfaceIndex)) return null;
    if (source !== undefined) {
      if (!set(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)) return null;
      if (libc.bind(socket, source, source.length) !== 0) return null;
    }
    if (libc.connect(socket, destination, destination.length) === 0) return true;
    return errno() === EADDRNOTAVAIL ? false : null;
  } finally {
    libc.close(socket);
  }
}
