import { type Address, isIPv4 } from '../tcp/address.ts';
import { AF_INET, AF_INET6 } from './inet-diag-message.ts';

const INET_SIZE = 16;
const INET6_SIZE = 28;

/**
 * An address and a port as the kernel's calls take them: `struct sockaddr_in` of <netinet/in.h>, `sockaddr_in6` for IPv6.
 *
 * @param scope the interface that a link-local address belongs to; 0 for none
 */
export function encodeSocketAddress(address: Address, port: number, scope = 0): Uint8Array {
  return isIPv4(address) ? encodeInet(address[3], port) : encodeInet6(address, port, scope);
}

function encodeInet(bits: number, port: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(INET_SIZE));
  view.setUint16(0, AF_INET, true);
  view.setUint16(2, port);
  view.setUint32(4, bits);
  return new Uint8Array(view.buffer);
}

function encodeInet6(address: Address, port: number, scope: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(INET6_SIZE));
  view.setUint16(0, AF_INET6, true);
  view.setUint16(2, port);
  address.forEach((word, index) => void view.setUint32(8 + 4 * index, word));
  view.setUint32(24, scope, true);
  return new Uint8Array(view.buffer);
}
