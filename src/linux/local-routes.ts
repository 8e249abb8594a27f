import { constants } from 'node:os';
import { isIPv4, sameAddress } from '../tcp/address.ts';
import { AF_INET, AF_INET6 } from './inet-diag-message.ts';
import { type ParsedPrefix, parseNetwork } from './link-prefix.ts';
import { changeLink, linkIndexOf } from './links.ts';
import type { Netlink } from './netlink.ts';
import { NetlinkError } from './netlink-error.ts';
import { printable } from './printable.ts';
import { untilConsistent, withRtnetlink } from './rtnetlink.ts';
import { ROUTE_TYPE_LOCAL, RouteView, RtnetlinkType, TABLE_LOCAL } from './rtnetlink-message.ts';
import { encodeDeleteLocalRoute, encodeLocalRouteDump, encodeNewLocalRoute } from './rtnetlink-request.ts';

const { EEXIST, ENOENT, ESRCH } = constants.errno;

/**
 * Makes all addresses of a prefix this machine's own: `ip route add local PREFIX dev LINK`, in the network namespace that
 * the calling thread is in. What arrives for them is delivered here; whether a program can bind to them without asking for
 * more differs: see `isLocalAddress`.
 *
 * @param address the first of the prefix
 * @param prefixLength in bits of the family's own addresses: 0 to 32, or 128
 * @returns false where there is such a route of that prefix, of whatever link: nothing was changed
 * @throws FourtupleError FT_ADDRESS, FT_ARGUMENT where it is no prefix or there is no such link; FT_PRIVILEGE without
 *   CAP_NET_ADMIN; FT_KERNEL otherwise, naming the errno: ENETDOWN for a prefix of IPv6 where the link is down
 */
export function addLocalRoute(address: string, prefixLength: number, link: string): boolean {
  const prefix = parseNetwork(address, prefixLength);
  const operation = `make ${prefix.text} local on ${printable(link)}`;
  const encode = (linkIndex: number): Uint8Array => encodeNewLocalRoute({ linkIndex, ...prefix });
  return withRtnetlink(operation, (netlink) => changeLink(netlink, link, encode, operation, [EEXIST]) === 0);
}

/**
 * Undoes {@link addLocalRoute}. A route that the kernel made for an address of its own is never removed.
 *
 * @returns false where there is no such route (any more): nothing was changed
 * @throws FourtupleError like {@link addLocalRoute}
 */
export function removeLocalRoute(address: string, prefixLength: number, link: string): boolean {
  const prefix = parseNetwork(address, prefixLength);
  const operation = `make ${prefix.text} no longer local on ${printable(link)}`;
  const encode = (linkIndex: number): Uint8Array => encodeDeleteLocalRoute({ linkIndex, ...prefix });
  return withRtnetlink(operation, (netlink) => changeLink(netlink, link, encode, operation, [ESRCH]) === 0);
}

/**
 * Whether there is a local route of exactly this prefix to the link, whoever made it: the kernel makes one for each address
 * (`/32`, `/128`), and for 127.0.0.0/8. Needs no privilege.
 *
 * @throws FourtupleError like {@link addLocalRoute}; FT_BUSY
 */
export function hasLocalRoute(address: string, prefixLength: number, link: string): boolean {
  const prefix = parseNetwork(address, prefixLength);
  return withRtnetlink('list local routes', (netlink) => isRoutedTo(netlink, prefix, linkIndexOf(netlink, link)));
}

/** Whether there is a local route of exactly this prefix to the link. @param netlink of rtnetlink */
export function isRoutedTo(netlink: Netlink, prefix: Omit<ParsedPrefix, 'text'>, linkIndex: number): boolean {
  const family = isIPv4(prefix.address) ? AF_INET : AF_INET6;
  const route = new RouteView();
  let isFound = false;
  const visit = (view: DataView, at: number, length: number): void => {
    route.moveTo(view, at, length);
    isFound ||= route.family === family && route.linkIndex === linkIndex && isLocalOf(route, prefix);
  };
  untilConsistent('the local routes', () => {
    const outcome = dumpLocalRoutes(netlink, family, visit);
    return { interrupted: outcome.interrupted && !isFound };
  });
  return isFound;
}

function isLocalOf(route: RouteView, { address, prefixLength }: Omit<ParsedPrefix, 'text'>): boolean {
  if (route.table !== TABLE_LOCAL || route.type !== ROUTE_TYPE_LOCAL || route.prefixLength !== prefixLength)
    return false;
  // A prefix of no bits is any address: its route names none.
  return prefixLength === 0 || (route.destination !== undefined && sameAddress(route.destination, address));
}

function dumpLocalRoutes(
  netlink: Netlink,
  family: number,
  visit: (view: DataView, at: number, length: number) => void,
): { readonly interrupted: boolean } {
  try {
    return netlink.dump(encodeLocalRouteDump(family), 'list local routes', visit, RtnetlinkType.newRoute);
  } catch (error) {
    // A namespace without addresses has no such table yet.
    if (error instanceof NetlinkError && error.errno === ENOENT) return { interrupted: false };
    throw error;
  }
}
