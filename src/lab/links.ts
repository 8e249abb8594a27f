import { FourtupleError } from '../tcp/error.ts';
import type { Host } from './host.ts';

/** One end of a wire. */
export interface LinkEnd {
  readonly host: Host;
  readonly link: string;
  /** With their prefix lengths: `10.77.0.1/24`. */
  readonly addresses: readonly string[];
}

/** Gives a link that is up one more address, by itself, that can be used at once. */
export function addAddress(host: Host, link: string, address: string): void {
  assign(host, link, byItself(address));
  awaitRoute(host, address);
}

/** Takes an address away that was added. */
export function removeAddress(host: Host, link: string, address: string): void {
  host.ip(`address del ${byItself(address)} dev ${link}`);
}

function byItself(address: string): string {
  return `${address}/${isIpv6(address) ? 128 : 32}`;
}

/** Joins two hosts by a wire. */
export function join(near: LinkEnd, far: LinkEnd): void {
  near.host.ip(`link add ${near.link} type veth peer name ${far.link} netns ${far.host.name}`);
  raise(near);
  raise(far);
}

/** Joins hosts to a bridge of one of them: all on one network. */
export function joinByBridge(bridge: LinkEnd, ends: readonly LinkEnd[]): void {
  bridge.host.ip(`link add ${bridge.link} type bridge`);
  raise(bridge);
  for (const end of ends) joinToBridge(bridge, end);
}

/** The longest name of a link (IFNAMSIZ of <linux/if.h>, less its zero). */
const LONGEST_LINK = 15;

/** Joins one more host to a bridge. */
export function joinToBridge({ host, link }: Pick<LinkEnd, 'host' | 'link'>, end: LinkEnd): void {
  const port = `${link}-${end.host.name}`.slice(-LONGEST_LINK);
  join({ host, link: port, addresses: [] }, end);
  host.ip(`link set ${port} master ${link}`);
}

/** A link of a host on which nothing is ever answered, not even by an error: what is sent to its network is lost. */
export function addBlackHole({ host, link, addresses }: LinkEnd): void {
  // The other end is on the same host and has no address: what arrives there is for nobody.
  host.ip(`link add ${link} type veth peer name ${link}-end`);
  // Without ARP no neighbour is sought in vain, which would end a connect() with EHOSTUNREACH.
  host.ip(`link set ${link} arp off`);
  raise({ host, link: `${link}-end`, addresses: [] });
  raise({ host, link, addresses });
}

function raise({ host, link, addresses }: LinkEnd): void {
  for (const address of addresses) assign(host, link, address);
  host.ip(`link set ${link} up`);
}

/** Without duplicate address detection. */
function assign(host: Host, link: string, address: string): void {
  host.ip(`address add ${address} dev ${link}${isIpv6(address) ? ' nodad' : ''}`);
}

const ROUTE_WAIT_MS = 5_000;

/** The kernel adds the local route of an IPv6 address in a work queue of its own, later (addrconf_dad_work). */
function awaitRoute(host: Host, address: string): void {
  if (!isIpv6(address)) return;
  const end = performance.now() + ROUTE_WAIT_MS;
  while (host.ip(`-6 route show table local ${address}`) === '') {
    if (performance.now() > end) throw new FourtupleError('FT_LAB', `${address} on ${host.name} has no local route`);
  }
}

function isIpv6(address: string): boolean {
  return address.includes(':');
}
