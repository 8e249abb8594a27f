import { constants } from 'node:os';
import { FourtupleError } from '../tcp/error.ts';
import { nearNames } from '../tcp/near-names.ts';
import type { Netlink } from './netlink.ts';
import { NetlinkError } from './netlink-error.ts';
import { printable } from './printable.ts';
import { untilConsistent } from './rtnetlink.ts';
import { LinkView, RtnetlinkType } from './rtnetlink-message.ts';
import { encodeLinkDump, encodeLinkQuery } from './rtnetlink-request.ts';

/** IFNAMSIZ, without the zero that ends a name. */
const LONGEST_NAME = 15;
/** The kernel refuses a request that names none (`rtnl_getlink()`). */
const SHORTEST_NAME = 1;
/** How many names a hint has room for. */
const NAMES_IN_HINT = 10;

const { ENODEV } = constants.errno;

/** The names of all links, by their indexes. @param netlink of rtnetlink */
export function readLinkNames(netlink: Netlink): Map<number, string> {
  const names = new Map<number, string>();
  const link = new LinkView();
  const visit = (view: DataView, at: number, length: number): void => {
    link.moveTo(view, at, length);
    names.set(link.index, link.name);
  };
  untilConsistent('the links', () => {
    names.clear();
    return netlink.dump(encodeLinkDump(), 'list links', visit, RtnetlinkType.newLink);
  });
  return names;
}

/**
 * The index of a link. Other names that `ip link property add altname` gave it are names of it too.
 *
 * @param netlink of rtnetlink
 * @throws FourtupleError FT_ARGUMENT where there is no such link
 */
export function linkIndexOf(netlink: Netlink, name: string): number {
  const size = Buffer.byteLength(name);
  if (size < SHORTEST_NAME || size > LONGEST_NAME || name.includes('\0')) throw noSuchLink(netlink, name);
  const link = new LinkView();
  const visit = (view: DataView, at: number, length: number): void => link.moveTo(view, at, length);
  const operation = `look up the link '${printable(name)}'`;
  const isThere = netlink.query(encodeLinkQuery(name), operation, [ENODEV], visit, RtnetlinkType.newLink);
  if (!isThere) throw noSuchLink(netlink, name);
  return link.index;
}

/**
 * Asks for a change of a link.
 *
 * @param expected like those of `Netlink.change`
 * @throws FourtupleError FT_ARGUMENT where there is no such link, or it has just gone; NetlinkError
 */
export function changeLink(
  netlink: Netlink,
  name: string,
  encode: (linkIndex: number) => Uint8Array,
  operation: string,
  expected: readonly number[],
): number {
  try {
    return netlink.change(encode(linkIndexOf(netlink, name)), operation, expected);
  } catch (error) {
    if (error instanceof NetlinkError && error.errno === ENODEV) throw noSuchLink(netlink, name);
    throw error;
  }
}

function noSuchLink(netlink: Netlink, name: string): FourtupleError {
  const links = [...readLinkNames(netlink).values()];
  const named = nearNames(name, links, NAMES_IN_HINT).map(printable).join(', ');
  const more = links.length > NAMES_IN_HINT ? ` and ${links.length - NAMES_IN_HINT} more` : '';
  return new FourtupleError('FT_ARGUMENT', `there is no link '${printable(name)}' in this network namespace`, {
    hint: `It has ${named}${more}.`,
  });
}
