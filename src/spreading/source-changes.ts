import { nameOnLink } from '../changes/address-target.ts';
import { ADDED, type RecordedChange } from '../changes/recorded-change.ts';
import { type LinkAddress, linkNameOf, readLinkAddresses } from '../linux/link-addresses.ts';
import { isLocalAddress } from '../linux/local-address.ts';
import { hasLocalRoute } from '../linux/local-routes.ts';
import { readSysctl } from '../linux/sysctl.ts';
import { FourtupleError } from '../tcp/error.ts';
import { plural } from '../tcp/number-text.ts';
import { formatSource, formatSources, isOneAddress, type SpreadSource } from '../tcp/spread-source.ts';

/** With it a program may bind to an IPv6 address that no link has: that of a prefix which a local route covers. */
const NONLOCAL_BIND = 'ipv6.ip_nonlocal_bind';
const ALONE = { 4: 32, 6: 128 } as const;

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
  const prefixLength = ALONE[address.includes(':') ? 6 : 4];
  return { kind: 'address', setting: nameOnLink({ address, prefixLength, link }), from: null, to: ADDED };
}

function newPrefix({ address, prefixLength }: SpreadSource, link: string): RecordedChange[] {
  const now = readSysctl(NONLOCAL_BIND)?.trim() ?? null;
  if (now === null) {
    throw new FourtupleError('FT_UNSUPPORTED', `this kernel has no net.${NONLOCAL_BIND}, which a prefix needs`);
  }
  const isRouted = hasLocalRoute(address, prefixLength, link);
  return [
    ...(isRouted
      ? []
      : ([
          { kind: 'route', setting: nameOnLink({ address, prefixLength, link }), from: null, to: ADDED },
        ] satisfies RecordedChange[])),
    ...(now === '1'
      ? []
      : ([{ kind: 'sysctl', setting: NONLOCAL_BIND, from: now, to: '1' }] satisfies RecordedChange[])),
  ];
}

function notLocal(foreign: readonly SpreadSource[], links: ReadonlySet<string>): FourtupleError {
  const [first] = foreign as [SpreadSource];
  const what = foreign.length === 1 ? formatSource(first) : formatSources(foreign);
  const count = foreign.length === 1 ? 'is no address' : `: ${plural(foreign.length, 'source')} are no addresses`;
  return new FourtupleError(
    'FT_ARGUMENT',
    `${what}${count.startsWith(':') ? '' : ' '}${count} of this network namespace`,
    {
      hint: `--add-to LINK adds what is missing, and takes it away again at the end. Links: ${[...links].join(', ')}.`,
    },
  );
}
