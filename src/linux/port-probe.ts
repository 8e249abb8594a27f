import { constants } from 'node:os';
import { pid } from 'node:process';
import { AF_INET } from './inet-diag-message.ts';
import { errno, libc, SOCK_CLOEXEC } from './libc.ts';

const SOCK_STREAM = 1;
const IPPROTO_IP = 0;
const IP_LOCAL_PORT_RANGE = 51;
const IPPROTO_TCP = 6;
const TCP_REPAIR = 19;
const SOCKADDR_SIZE = 16;
/**
 * Port 0 of a loopback address that follows from the process id: no connection of anybody's goes there, nor the question of
 * another process, which would both hold the port that is asked about. No packet is sent to it.
 */
const TARGET: Uint8Array = Uint8Array.of(AF_INET, 0, 0, 0, 127, pid >>> 16, pid >>> 8, pid, 0, 0, 0, 0, 0, 0, 0, 0);

const { EADDRNOTAVAIL } = constants.errno;

/**
 * Asks the kernel whether `connect()` skips a port because a socket was explicitly bound to it, in the network namespace
 * that the calling thread is in. The kernel keeps this in the port's bind bucket (`fastreuse`, inet_hashtables.c) and
 * shows it nowhere: so a socket tries to connect from this port alone (IP_LOCAL_PORT_RANGE, Linux 6.3). It is in repair
 * mode (TCP_REPAIR, CAP_NET_ADMIN), in which connect() chooses the port as ever, and neither it nor close() sends a packet
 * (`tcp_connect()`, `tcp_disconnect()`). Takes some 10 µs.
 *
 * @param port one of the ephemeral range: others are not in the kernel's choice, and the answer would be another port's
 * @returns null where it cannot be asked: no privilege, an older kernel, a loopback interface that is down
 */
export function isPortBlocked(port: number): boolean | null {
  const socket = libc.socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return null;
  try {
    const range = Uint32Array.of((port << 16) | port);
    if (libc.setsockopt(socket, IPPROTO_TCP, TCP_REPAIR, Int32Array.of(1), 4) !== 0) return null;
    if (libc.setsockopt(socket, IPPROTO_IP, IP_LOCAL_PORT_RANGE, range, 4) !== 0) return null;
    if (libc.connect(socket, TARGET, SOCKADDR_SIZE) === 0) return false;
    return errno() === EADDRNOTAVAIL ? true : null;
  } finally {
    libc.close(socket);
  }
}
