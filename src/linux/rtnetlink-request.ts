import { type Address, isIPv4, isLoopback } from '../tcp/address.ts';
import { AF_INET, AF_INET6 } from './inet-diag-message.ts';
import { ATTRIBUTE_HEADER_SIZE, align4, encodeHeader, HEADER_SIZE, NLM_F_ACK, NLM_F_DUMP } from './netlink-message.ts';
import {
  AddressAttribute,
  AddressFlag,
  AddressOffset,
  LinkAttribute,
  LinkOffset,
  ROUTE_TYPE_LOCAL,
  RouteAttribute,
  RouteOffset,
  RtnetlinkType,
  TABLE_LOCAL,
} from './rtnetlink-message.ts';

/** An address and how many of its first bits say where it belongs, for one link. */
export interface LinkPrefix {
  readonly linkIndex: number;
  readonly address: Address;
  /** In bits of the family's own addresses: 0 to 32, or 128. */
  readonly prefixLength: number;
}

const NLM_F_EXCL = 0x200;
const NLM_F_CREATE = 0x400;
/** Make what is not there; refuse (EEXIST) where it is. */
const MAKE: number = NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL;

/** RTEXT_FILTER_SKIP_STATS: without a link's counters (Linux 4.4). */
const SKIP_STATISTICS = 8;
/** RTPROT_BOOT: what `ip route add` marks its routes with. The kernel's own are marked otherwise: they are never removed. */
const PROTOCOL_BOOT = 3;
/** RT_SCOPE_HOST. */
const SCOPE_HOST = 254;

interface Attribute {
  readonly type: number;
  readonly value: Uint8Array;
}

/** Asks for all links. */
export function encodeLinkDump(): Uint8Array {
  return encode(RtnetlinkType.getLink, NLM_F_DUMP, LinkOffset.attributes, [
    { type: LinkAttribute.extendedMask, value: uint32(SKIP_STATISTICS) },
  ]);
}

/** Asks for the link of a name. */
export function encodeLinkQuery(name: string): Uint8Array {
  return encode(RtnetlinkType.getLink, 0, LinkOffset.attributes, [
    { type: LinkAttribute.name, value: new TextEncoder().encode(`${name}\0`) },
    { type: LinkAttribute.extendedMask, value: uint32(SKIP_STATISTICS) },
  ]);
}

/** Asks for the addresses of one family, of all links. */
export function encodeAddressDump(family: number): Uint8Array {
  const message = encode(RtnetlinkType.getAddress, NLM_F_DUMP, AddressOffset.attributes, []);
  message[HEADER_SIZE + AddressOffset.family] = family;
  return message;
}

/** Adds an address to a link. One of IPv6 is not checked for a duplicate on the link: it can be used at once. */
export function encodeNewAddress(added: LinkPrefix): Uint8Array {
  return encodeAddressChange(RtnetlinkType.newAddress, MAKE, added);
}

/** Takes an address from a link. */
export function encodeDeleteAddress(removed: LinkPrefix): Uint8Array {
  return encodeAddressChange(RtnetlinkType.deleteAddress, NLM_F_ACK, removed);
}

function encodeAddressChange(
  type: number,
  flags: number,
  { linkIndex, address, prefixLength }: LinkPrefix,
): Uint8Array {
  const value = addressBytes(address);
  const message = encode(type, flags, AddressOffset.attributes, [
    { type: AddressAttribute.local, value },
    { type: AddressAttribute.address, value },
  ]);
  const view = bodyOf(message);
  view.setUint8(AddressOffset.family, familyOf(address));
  view.setUint8(AddressOffset.prefixLength, prefixLength);
  view.setUint8(AddressOffset.flags, isIPv4(address) ? 0 : AddressFlag.noDad);
  view.setUint8(AddressOffset.scope, isLoopback(address) ? SCOPE_HOST : 0);
  view.setUint32(AddressOffset.linkIndex, linkIndex, true);
  return message;
}

/** Asks for the local routes of one family. Kernels before 4.20 answer with all routes of it. */
export function encodeLocalRouteDump(family: number): Uint8Array {
  const message = encode(RtnetlinkType.getRoute, NLM_F_DUMP, RouteOffset.attributes, []);
  const view = bodyOf(message);
  view.setUint8(RouteOffset.family, family);
  view.setUint8(RouteOffset.table, TABLE_LOCAL);
  view.setUint8(RouteOffset.type, ROUTE_TYPE_LOCAL);
  return message;
}

/** Makes a prefix local: `ip route add local PREFIX dev LINK`. @param added its bits after the prefix are 0 */
export function encodeNewLocalRoute(added: LinkPrefix): Uint8Array {
  return encodeRouteChange(RtnetlinkType.newRoute, MAKE, added);
}

/** Undoes {@link encodeNewLocalRoute}. */
export function encodeDeleteLocalRoute(removed: LinkPrefix): Uint8Array {
  return encodeRouteChange(RtnetlinkType.deleteRoute, NLM_F_ACK, removed);
}

function encodeRouteChange(type: number, flags: number, { linkIndex, address, prefixLength }: LinkPrefix): Uint8Array {
  const message = encode(type, flags, RouteOffset.attributes, [
    { type: RouteAttribute.destination, value: addressBytes(address) },
    { type: RouteAttribute.linkIndex, value: uint32(linkIndex) },
  ]);
  const view = bodyOf(message);
  view.setUint8(RouteOffset.family, familyOf(address));
  view.setUint8(RouteOffset.prefixLength, prefixLength);
  view.setUint8(RouteOffset.table, TABLE_LOCAL);
  view.setUint8(RouteOffset.protocol, PROTOCOL_BOOT);
  view.setUint8(RouteOffset.scope, SCOPE_HOST);
  view.setUint8(RouteOffset.type, ROUTE_TYPE_LOCAL);
  return message;
}

function encode(type: number, flags: number, bodySize: number, attributes: readonly Attribute[]): Uint8Array {
  const sizeOf = ({ value }: Attribute): number => align4(ATTRIBUTE_HEADER_SIZE + value.byteLength);
  const size = attributes.reduce((sum, attribute) => sum + sizeOf(attribute), HEADER_SIZE + bodySize);
  const message = new Uint8Array(size);
  encodeHeader(message, type, flags);
  const view = new DataView(message.buffer);
  let at = HEADER_SIZE + bodySize;
  for (const attribute of attributes) {
    view.setUint16(at, ATTRIBUTE_HEADER_SIZE + attribute.value.byteLength, true);
    view.setUint16(at + 2, attribute.type, true);
    message.set(attribute.value, at + ATTRIBUTE_HEADER_SIZE);
    at += sizeOf(attribute);
  }
  return message;
}

function bodyOf(message: Uint8Array): DataView {
  return new DataView(message.buffer, HEADER_SIZE);
}

function uint32(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer);
}

function familyOf(address: Address): number {
  return isIPv4(address) ? AF_INET : AF_INET6;
}

/** In network byte order: 4 or 16 bytes. */
function addressBytes(address: Address): Uint8Array {
  const words = isIPv4(address) ? address.slice(3) : address;
  const view = new DataView(new ArrayBuffer(4 * words.length));
  for (const [index, word] of words.entries()) view.setUint32(4 * index, word);
  return new Uint8Array(view.buffer);
}
