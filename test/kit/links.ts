import { ip } from './ip-command.ts';
import { inside, type NetworkNamespace } from './network-namespace.ts';

/** One end of a wire, or a link. */
export interface LinkEnd {
  readonly link: string;
  /** With their prefix lengths: `10.77.0.1/24`. The kernel makes no link-local ones of its own here: list them too. */
  readonly addresses: readonly string[];
}

/** Gives a link of the current namespace, which is up, one more address that can be used at once. */
export function addAddress(link: string, address: string): void {
  assign(link, address);
  awaitRoute(address);
}

/** Without duplicate address detection. */
function assign(link: string, address: string): void {
  ip(`address add ${address} dev ${link}${isIpv6(address) ? ' nodad' : ''}`);
}

/** The kernel adds the local route of an IPv6 address in a work queue of its own, later (addrconf_dad_work). */
function awaitRoute(address: string): void {
  if (!isIpv6(address)) return;
  const [host] = address.split('/') as [string];
  const end = performance.now() + 5_000;
  while (ip(`-6 route show table local ${host}`) === '') {
    if (performance.now() > end) throw new Error(`${address} has no local route after 5 s`);
  }
}

function isIpv6(address: string): boolean {
  return address.includes(':');
}

/** Joins the current namespace to another one by a wire. */
export function joinTo(other: NetworkNamespace, near: LinkEnd, far: LinkEnd): void {
  ip(`link add ${near.link} type veth peer name ${far.link} netns ${other.path}`);
  raise(near);
  inside(other, () => {
    raise(far);
    far.addresses.forEach(awaitRoute);
  });
  near.addresses.forEach(awaitRoute);
}

/**
 * A link of the current namespace on which no packet is ever answered, not even by an error. What is sent to the network
 * of one of its addresses is lost.
 */
export function blackHole({ link, addresses }: LinkEnd): void {
  // The wire's other end lies in the same namespace and has no address: what arrives there is for nobody.
  ip(`link add ${link} type veth peer name ${link}-end`);
  // Without ARP no neighbour is sought in vain, which would end a connect() with EHOSTUNREACH.
  ip(`link set ${link} arp off`);
  raise({ link: `${link}-end`, addresses: [] });
  raise({ link, addresses });
  addresses.forEach(awaitRoute);
}

function raise({ link, addresses }: LinkEnd): void {
  ip(`link set ${link} addrgenmode none`);
  for (const address of addresses) assign(link, address);
  ip(`link set ${link} up`);
}
