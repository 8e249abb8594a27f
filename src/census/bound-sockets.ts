import type { SocketView } from '../linux/socket-source.ts';
import { type Address, isIPv4, isUnspecified, sameAddress } from '../tcp/address.ts';

/** Why `connect()` skips a port for every lane: what kind of socket is explicitly bound to it. */
export type BoundKind = 'listener' | 'bound-idle' | 'bound-before-connect';

/** A socket that is explicitly bound to a port. */
export interface BoundSocket {
  readonly kind: BoundKind;
  readonly address: Address;
  readonly port: number;
  readonly interfaceIndex: number;
  /** A wildcard IPv6 socket that does not take IPv4 (IPV6_V6ONLY). */
  readonly ipv6Only: boolean;
  /** 0 where not known. */
  readonly inode: number;
  readonly cgroupId: number;
}

const words = new Uint32Array(8);

/** Copies what is kept of a bound socket out of the view. */
export function toBoundSocket(socket: SocketView, kind: BoundKind): BoundSocket {
  socket.copyAddresses(words);
  return {
    kind,
    address: [words[0] as number, words[1] as number, words[2] as number, words[3] as number],
    port: socket.localPort,
    interfaceIndex: socket.interfaceIndex,
    ipv6Only: socket.ipv6Only === true,
    inode: socket.inode,
    cgroupId: socket.cgroupId,
  };
}

/**
 * Whether a socket is bound to this local address, itself or by being bound to all: a listener takes connections to it
 * (`inet_lookup_listener()`), and no other socket can be bound to its port there (`inet_csk_bind_conflict()`).
 */
export function isBoundTo(socket: BoundSocket, address: Address, interfaceIndex: number): boolean {
  if (socket.interfaceIndex !== 0 && socket.interfaceIndex !== interfaceIndex) return false;
  if (!isUnspecified(socket.address)) return sameAddress(socket.address, address);
  return isIPv4(socket.address) ? isIPv4(address) : !(socket.ipv6Only && isIPv4(address));
}
