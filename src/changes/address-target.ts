import { addLinkAddress, readLinkAddresses, removeLinkAddress } from '../linux/link-addresses.ts';
import { addLocalRoute, hasLocalRoute, removeLocalRoute } from '../linux/local-routes.ts';
import { inNamespace } from '../linux/network-namespace.ts';
import { formatAddress, parseAddress } from '../tcp/address.ts';
import { parseAddressBlock } from '../tcp/address-block.ts';
import { FourtupleError } from '../tcp/error.ts';
import { plural } from '../tcp/number-text.ts';
import { nameChange } from './change-text.ts';
import { liveFrom } from './live-from.ts';
import { ADDED, type RecordedChange } from './recorded-change.ts';
import type { ChangePlace, OpenTarget } from './target.ts';

/** An address or a prefix, and the link that it is to be local to. */
interface OnLink {
  /** In canonical text; of a prefix the first one. */
  readonly address: string;
  readonly prefixLength: number;
  readonly link: string;
}

/** How a change names it: `10.0.0.12/32 on eth0`. */
export function nameOnLink({ address, prefixLength, link }: OnLink): string {
  return `${address}/${prefixLength} on ${link}`;
}

/** @throws FourtupleError FT_ARGUMENT */
function parseOnLink(setting: string): OnLink {
  const [, address = '', length = '', link = ''] = /^([^/ ]+)\/(\d+) on (\S+)$/.exec(setting) ?? [];
  if (link === '') throw new FourtupleError('FT_ARGUMENT', `'${setting}' is no address of a link`);
  return { address: formatAddress(parseAddress(address)), prefixLength: Number(length), link };
}

/** What can be local to a link, and how that is read and changed. */
interface Kind {
  readonly kind: 'address' | 'route';
  /** {@link ADDED} where it is there; null where it is not, or the link is not. */
  read(place: ChangePlace, setting: string): string | null;
  open(place: ChangePlace, setting: string): OpenTarget;
}

/** See `addLinkAddress`. */
export const ADDRESS: Kind = kindOf('address', readAddress, addLinkAddress, removeLinkAddress);
/** A prefix; see `addLocalRoute`. */
export const ROUTE: Kind = kindOf(
  'route',
  readRoute,
  (link, address, length) => addLocalRoute(address, length, link),
  (link, address, length) => removeLocalRoute(address, length, link),
);

type Make = (link: string, address: string, prefixLength: number) => boolean;

/** Where it is to be taken away, and live connections use it, FT_CHANGED is thrown. */
function kindOf(kind: Kind['kind'], read: Kind['read'], add: Make, remove: Make): Kind {
  return {
    kind,
    read,
    open: (place, setting) => {
      const { address, prefixLength, link } = parseOnLink(setting);
      return {
        read: () => read(place, setting),
        write: (value) => {
          if (value === null) refuseWhereUsed(place, { kind, setting });
          inNamespace(place.handle, () => (value === null ? remove : add)(link, address, prefixLength));
        },
        close: () => {},
      };
    },
  };
}

/** {@link ADDED} where the link has the address; null where it has not, or is not there. */
function readAddress({ handle }: ChangePlace, setting: string): string | null {
  const { address, link } = parseOnLink(setting);
  const isThere = inNamespace(handle, readLinkAddresses).some((one) => one.address === address && one.link === link);
  return isThere ? ADDED : null;
}

/** {@link ADDED} where the prefix is local to the link; null where it is not, or the link is not there. */
function readRoute({ handle }: ChangePlace, setting: string): string | null {
  const { address, prefixLength, link } = parseOnLink(setting);
  try {
    return inNamespace(handle, () => hasLocalRoute(address, prefixLength, link)) ? ADDED : null;
  } catch (error) {
    if (error instanceof FourtupleError && error.code === 'FT_ARGUMENT') return null;
    throw error;
  }
}

/** Connections from an address that is taken away hear nothing any more, and end by their time-outs. */
function refuseWhereUsed(
  { handle, force = false }: ChangePlace,
  target: Pick<RecordedChange, 'kind' | 'setting'>,
): void {
  if (force) return;
  const { address, prefixLength } = parseOnLink(target.setting);
  const block = parseAddressBlock(`${address}/${prefixLength}`);
  const live = inNamespace(handle, () => liveFrom(block));
  if (live === 0) return;
  throw new FourtupleError(
    'FT_CHANGED',
    `${nameChange(target)} is in use by ${plural(live, 'live connection')}, which would end`,
    {
      hint: 'Wait until they have ended; --force takes it away at once.',
    },
  );
}
