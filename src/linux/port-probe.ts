import { pid } from 'node:process';
import { ipv4 } from '../tcp/address.ts';
import { tryRepairConnect } from './repair-connect.ts';
import { encodeSocketAddress } from './socket-address.ts';

const LOOPBACK_BLOCK = 127 << 24;
/**
 * Port 0 of a loopback address that follows from the process id: no connection of anybody's goes there, nor the question of
 * another process, which would both hold the port that is asked about. No packet is sent to it.
 */
const TARGET: Uint8Array = encodeSocketAddress(ipv4(LOOPBACK_BLOCK | (pid & 0xff_ffff)), 0);

/**
 * Asks the kernel whether `connect()` skips a port because a socket was explicitly bound to it, in the network namespace
 * that the calling thread is in. The kernel keeps this in the port's bind bucket (`fastreuse`, inet_hashtables.c) and
 * shows it nowhere: so a socket tries to connect from this port alone, without sending a packet: see `tryRepairConnect`.
 *
 * @param port one of the ephemeral range: others are not in the kernel's choice, and the answer would be another port's
 * @returns null where it cannot be asked: no privilege, an older kernel, a loopback interface that is down
 */
export function isPortBlocked(port: number): boolean | null {
  const connects = tryRepairConnect({ destination: TARGET, port });
  return connects === null ? null : !connects;
}
