import { constants } from 'node:os';
import { formatAddress, isIPv4, isLinkLocal } from '../tcp/address.ts';
import { FourtupleError } from '../tcp/error.ts';
import { AF_INET, AF_INET6 } from './inet-diag-message.ts';
import { type ParsedPrefix, parsePrefix } from './link-prefix.ts';
import { changeLink, linkIndexOf, readLinkNames } from './links.ts';
import { isLocalAddress } from './local-address.ts';
import { isRoutedTo } from './local-routes.ts';
import type { Netlink } from './netlink.ts';
import { printable } from './printable.ts';
import { untilConsistent, withRtnetlink } from './rtnetlink.ts';
import { AddressFlag, AddressView, RtnetlinkType } from './rtnetlink-message.ts';
import { encodeAddressDump, encodeDeleteAddress, encodeNewAddress } from './rtnetlink-request.ts';
import { waitUntil } from './wait-until.ts';

/** An address that a link has. */
export interface LinkAddress {
  /** The link's name; `if7` where it went while the addresses were read. */
  readonly link: string;
  readonly linkIndex: number;
  /** Canonical text (RFC 5952). */
  readonly address: string;
  /** In bits of the family's own addresses: 0 to 32, or 128. */
  readonly prefixLength: number;
  /** The kernel still looks whether another machine has it (IPv6): nothing can bind to it. */
  readonly isTentative: boolean;
  /** Another machine has it: nothing can bind to it. */
  readonly isDadFailed: boolean;
}

const HOST_BITS = 128;
const LONGEST_WAIT_MS = 2_000;
const { EADDRNOTAVAIL, EEXIST } = constants.errno;

/**
 * All addresses of both families, of all links of the network namespace that the calling thread is in, in the kernel's
 * order: IPv4 first. Needs no privilege.
 *
 * @throws FourtupleError FT_UNSUPPORTED, FT_KERNEL, FT_BUSY
 */
export function readLinkAddresses(): LinkAddress[] {
  return withRtnetlink('list addresses', (netlink) => {
    const found: Omit<LinkAddress, 'link'>[] = [];
    for (const family of [AF_INET, AF_INET6]) found.push(...dumpAddresses(netlink, family));
    const names = readLinkNames(netlink);
    return found.map((address) => ({ link: names.get(address.linkIndex) ?? `if${address.linkIndex}`, ...address }));
  });
}

/**
 * The name by which the kernel lists a link of that namespace, which may be asked for by another one (`altname`).
 *
 * @throws FourtupleError FT_ARGUMENT where there is no such link
 */
export function linkNameOf(name: string): string {
  return withRtnetlink('list links', (netlink) => readLinkNames(netlink).get(linkIndexOf(netlink, name)) ?? name);
}

function dumpAddresses(netlink: Netlink, family: number): Omit<LinkAddress, 'link'>[] {
  const found: Omit<LinkAddress, 'link'>[] = [];
  const message = new AddressView();
  const visit = (view: DataView, at: number, length: number): void => {
    message.moveTo(view, at, length);
    // A kernel without IPv6 answers the question for its addresses with those of all families.
    const address = message.family === family ? message.ownAddress : undefined;
    if (address === undefined) return;
    found.push({
      linkIndex: message.linkIndex,
      address: formatAddress(address),
      prefixLength: message.prefixLength,
      isTentative: (message.flags & AddressFlag.tentative) !== 0,
      isDadFailed: (message.flags & AddressFlag.dadFailed) !== 0,
    });
  };
  untilConsistent('the addresses', () => {
    found.length = 0;
    return netlink.dump(encodeAddressDump(family), 'list addresses', visit, RtnetlinkType.newAddress);
  });
  return found;
}

/**
 * Adds an address to a link of the network namespace that the calling thread is in. It can be used at once when this comes
 * back: one of IPv6 is not checked for a duplicate, and is waited for.
 *
 * @param prefixLength in bits of the family's own addresses: 32 or 128 where the address comes without a network
 * @returns false where the link has this address, and nothing was changed: for IPv4 with this prefix length, for IPv6 with
 *   any
 * @throws FourtupleError FT_ADDRESS, FT_ARGUMENT where it is no address of that length or there is no such link;
 *   FT_PRIVILEGE without CAP_NET_ADMIN; FT_KERNEL otherwise, naming the errno (EACCES where IPv6 is disabled on the link),
 *   or where it is still not local after 2 seconds: then it has been taken away again
 */
export function addLinkAddress(link: string, address: string, prefixLength: number): boolean {
  const prefix = parsePrefix(address, prefixLength);
  const operation = `add ${prefix.text} to ${printable(link)}`;
  const encode = (linkIndex: number): Uint8Array => encodeNewAddress({ linkIndex, ...prefix });
  return withRtnetlink(operation, (netlink) => {
    if (changeLink(netlink, link, encode, operation, [EEXIST]) !== 0) return false;
    if (isIPv4(prefix.address) || awaitLocal(netlink, prefix, linkIndexOf(netlink, link))) return true;
    removeLinkAddress(link, address, prefixLength);
    throw new FourtupleError('FT_KERNEL', `could not ${operation}: it was not local after ${LONGEST_WAIT_MS} ms`, {
      hint: 'It has been taken away again.',
    });
  });
}

/**
 * Takes an address from a link of the network namespace that the calling thread is in. Of several IPv4 addresses of one
 * network (a prefix length below 32) the kernel takes the later ones away with the first one, unless
 * net.ipv4.conf.LINK.promote_secondaries is set.
 *
 * @param prefixLength the one that the address has
 * @returns false where the link has no such address (any more): nothing was changed
 * @throws FourtupleError like {@link addLinkAddress}
 */
export function removeLinkAddress(link: string, address: string, prefixLength: number): boolean {
  const prefix = parsePrefix(address, prefixLength);
  const operation = `take ${prefix.text} from ${printable(link)}`;
  const encode = (linkIndex: number): Uint8Array => encodeDeleteAddress({ linkIndex, ...prefix });
  return withRtnetlink(operation, (netlink) => changeLink(netlink, link, encode, operation, [EADDRNOTAVAIL]) === 0);
}

/**
 * The kernel makes the local route of an IPv6 address in a work queue (`addrconf_dad_work()`). Without duplicate address
 * detection bind() takes the address before that; what is sent to it then leaves by a link: a SYN is lost, and sent again a
 * second later. With Linux 6.18 that is so for a third of the addresses, looked at right after they were added.
 */
function awaitLocal(netlink: Netlink, { address }: ParsedPrefix, linkIndex: number): boolean {
  const text = formatAddress(address);
  const scope = isLinkLocal(address) ? linkIndex : 0;
  const route = { address, prefixLength: HOST_BITS };
  return waitUntil(() => isLocalAddress(text, scope) && isRoutedTo(netlink, route, linkIndex), LONGEST_WAIT_MS);
}
