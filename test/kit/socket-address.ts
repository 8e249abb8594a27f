import { CallError, libc } from './libc-calls.ts';

export const AF_INET = 2;
export const AF_INET6 = 10;

/** What one may write where an endpoint is meant. A link-local address carries its link: `fe80::1%veth0`. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

export function familyOf(address: string): number {
  return address.includes(':') ? AF_INET6 : AF_INET;
}

/** The endpoint as `struct sockaddr_in` or `sockaddr_in6`. */
export function encodeSocketAddress(address: string, port: number): Uint8Array {
  const family = familyOf(address);
  const bytes = new Uint8Array(family === AF_INET ? 16 : 28);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, family, true);
  view.setUint16(2, port);
  const [text = '', zone] = address.split('%');
  const ip = bytes.subarray(family === AF_INET ? 4 : 8, family === AF_INET ? 8 : 24);
  if (libc.inet_pton(family, text, ip) !== 1) throw new CallError(`inet_pton(${text})`, 'EINVAL');
  if (zone !== undefined) view.setUint32(24, linkIndex(zone), true);
  return bytes;
}

/** The port of a `struct sockaddr_in` or `sockaddr_in6`. */
export function decodePort(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint16(2);
}

function linkIndex(name: string): number {
  const index = libc.if_nametoindex(name);
  if (index === 0) throw new CallError(`if_nametoindex(${name})`, 'ENODEV');
  return index;
}
