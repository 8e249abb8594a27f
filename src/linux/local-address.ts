import { constants } from 'node:os';
import { parseAddress } from '../tcp/address.ts';
import { FourtupleError } from '../tcp/error.ts';
import { errno, errnoName, libc, SOCK_CLOEXEC } from './libc.ts';
import { encodeSocketAddress } from './socket-address.ts';

const SOCK_DGRAM = 2;
const { EADDRINUSE, EADDRNOTAVAIL, EAFNOSUPPORT, EINVAL } = constants.errno;

/**
 * Whether a program that asks for nothing special can bind a socket to an address, in the network namespace that the
 * calling thread is in. A UDP socket is bound to it and closed: no packet is sent, no privilege is needed.
 *
 * IPv4: any address of a link, and any that a local route covers (`inet_addr_type()`). IPv6: addresses of a link only, that
 * are not tentative (`ipv6_chk_addr()`): for what a local route alone covers bind() gives EADDRNOTAVAIL, unless the program
 * sets IPV6_FREEBIND, or the namespace net.ipv6.ip_nonlocal_bind, with which every address is good. The kernel takes
 * 0.0.0.0, ::, and addresses of broadcast and multicast too.
 *
 * @param linkIndex the link that a link-local IPv6 address belongs to: without it there is none of these
 * @throws FourtupleError FT_ADDRESS where the text is no address; FT_KERNEL where it cannot be asked
 */
export function isLocalAddress(address: string, linkIndex = 0): boolean {
  const target = encodeSocketAddress(parseAddress(address), 0, linkIndex);
  const socket = libc.socket(target[0] as number, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) {
    const number = errno();
    if (number === EAFNOSUPPORT) return false;
    throw failed(address, number);
  }
  try {
    if (libc.bind(socket, target, target.length) === 0) return true;
    const number = errno();
    // The address has been taken, no port was free (`__inet_bind()`).
    if (number === EADDRINUSE) return true;
    if (number === EADDRNOTAVAIL || number === EINVAL) return false;
    throw failed(address, number);
  } finally {
    libc.close(socket);
  }
}

function failed(address: string, number: number): FourtupleError {
  return new FourtupleError('FT_KERNEL', `it cannot be tried to bind to ${address}: ${errnoName(number)}`);
}
