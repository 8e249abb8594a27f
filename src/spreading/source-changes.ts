import { nameOnLink } from '../changes/address-target.ts';
import { ADDED, type RecordedChange } from '../changes/recorded-change.ts';
import { type LinkAddress, linkNameOf, readLinkAddresses } from '../linux/link-addresses.ts';
import { isLocalAddress } from '../linux/local-address.ts';
import { hasLocalRoute } from '../linux/local-routes.ts';
import { readSysctl } from '../linux/sysctl.ts';
import { FourtupleError } from '../tcp/error.ts';
import { formatSources, isOneAddress, type SpreadSource, wholeLength } from '../tcp/spread-source.ts';

/** With it a program may bind to an IPv6 address that no link has: that of a prefix which a local route covers. */
const NONLOCAL_BIND = 'ipv6.ip_nonlocal_bind';

/**
 * What must change so that connections can leave from some addresses, in the network namespace that the calling thread is
 * in: each must be local there. Reads only.
 *
 * @param addTo the link that those are added to which are not; null where none is to be added
 * @throws FourtupleError FT_ARGUMENT naming those that are not local, or the link that there is not
 */
export function sourceChanges(sources: readonly SpreadSource[], addTo: string | null): RecordedChange[] {
  const addresses = readLinkAddresses();
  const links = new Set(addresses.map(({ link }) => link));
  const foreign = sources.filter((source) => !isLocal(source, addresses, links));
  if (addTo === null && foreign.length > 0) throw notLocal(foreign, links);
  if (addTo === null) return [];
  const link = linkNameOf(addTo);
  return foreign.flatMap((source) => (isOneAddress(source) ? [newAddress(source, link)] : newPrefix(source, link)));
}

/** Where net.ipv6.ip_nonlocal_bind is set, bind() takes any address of IPv6: it is no proof then. */
function isLocal(source: SpreadSource, addresses: readonly LinkAddress[], links: ReadonlySet<string>): boolean {
  const { address, prefixLength } = source;
  if (!isOneAddress(source)) {
    const isRouted = [...links].some((link) => hasLocalRoute(address, prefixLength, link));
    return isRouted && readSysctl(NONLOCAL_BIND)?.trim() === '1';
  }
  if (!isLocalAddress(address)) return false;
  return !address.includes(':') || addresses.some((one) => one.address === address);
}

function newAddress({ address }: SpreadSource, link: string): RecordedChange {
  return added('address', { address, prefixLength: wholeLength(address), link });
}

function newPrefix({ address, prefixLength }: SpreadSource, link: string): RecordedChange[] {
  const now = readSysctl(NONLOCAL_BIND)?.trim() ?? null;
  if (now === null) {
    throw new FourtupleError('FT_UNSUPPORTED', `this kernel has no net.${NONLOCAL_BIND}, which a prefix needs`);
  }
  const changes: RecordedChange[] = [];
  if (!hasLocalRoute(address, prefixLength, link)) changes.push(added('route', { address, prefixLength, link }));
  if (now !== '1') changes.push({ kind: 'sysctl', setting: NONLOCAL_BIND, from: now, to: '1' });
  return changes;
}

function added(kind: 'address' | 'route', what: Parameters<typeof nameOnLink>[0]): RecordedChange {
  return { kind, setting: nameOnLink(what), from: null, to: ADDED };
}

function notLocal(foreign: readonly SpreadSource[], links: ReadonlySet<string>): FourtupleError {
  const names = formatSources(foreign);
  const what = foreign.length === 1 ? `${names} is no address` : `${names}: ${foreign.length} sources are no addresses`;
  return new FourtupleError('FT_ARGUMENT', `${what} of this network namespace`, {
    hint: `--add-to LINK adds what is missing, and takes it away again at the end. Links: ${[...links].join(', ')}.`,
  });
}
