import { formatAddress, isIPv4, parseAddress } from './address.ts';
import { type AddressBlock, isFirstOfBlock, parseAddressBlock } from './address-block.ts';
import {
  addressesBetween,
  followsAddress,
  formatAddressRange,
  notAnAddress,
  parseAddressRange,
} from './address-range.ts';
import { FourtupleError } from './error.ts';
import { readList, runsOf } from './list-text.ts';

/** What connections leave from: one address, or any address of an IPv6 prefix. */
export interface SpreadSource {
  /** Canonical text (RFC 5952); IPv4-mapped is IPv4. The first one where it is a prefix. */
  readonly address: string;
  /** 32 (IPv4) or 128 (IPv6) is one address; less is every address of the prefix, chosen at random. */
  readonly prefixLength: number;
}

const ADDRESS_BITS = 128;
const IPV4_OFFSET = 96;

/**
 * Reads addresses to leave from, with commas between: `10.0.0.10-10.0.0.17,10.0.1.4`. An IPv4 block (`10.0.0.0/28`) is each
 * of its addresses, but for those of the network and the broadcast; an IPv6 prefix (`2001:db8::/64`) stays one source.
 *
 * @throws FourtupleError FT_ARGUMENT naming the part that is wrong, or the two that have an address in common
 */
export function parseSources(text: string): SpreadSource[] {
  return readList(text, 'source address', sourcesOf, formatSource);
}

function sourcesOf(item: string): SpreadSource[] {
  if (!item.includes('/')) return parseAddressRange(item).map(sourceOf);
  const { address, prefix } = readBlock(item);
  if (!isIPv4(address)) return [{ address: formatAddress(address), prefixLength: prefix }];
  const size = 2 ** (ADDRESS_BITS - prefix);
  const [below, above] = size > 2 ? [1, 2] : [0, 1];
  const [first, last] = [address[3] + below, address[3] + size - above];
  return addressesBetween(item, [0, 0, address[2], first], [0, 0, address[2], last]).map(sourceOf);
}

function sourceOf(address: AddressBlock['address']): SpreadSource {
  return { address: formatAddress(address), prefixLength: isIPv4(address) ? 32 : ADDRESS_BITS };
}

/**
 * Reads a block of addresses whose first is what it is written with. Any other is more often an address with the length of
 * its network, as `ip address` shows it, than a wish for all of them.
 *
 * @throws FourtupleError FT_ARGUMENT
 */
export function readBlock(text: string): AddressBlock {
  const [host = ''] = text.split('/');
  const block = tryParseBlock(text);
  if (block === undefined) throw text.includes('/') && !host.includes('%') ? notABlock(text) : notAnAddress(text);
  if (isFirstOfBlock(block)) return block;
  throw new FourtupleError('FT_ARGUMENT', `'${text}' is not a block: ${host} is not its first address`, {
    hint: `Write ${host} for that one address, or the block with its first one, like 10.0.0.0/24.`,
  });
}

function tryParseBlock(text: string): AddressBlock | undefined {
  try {
    return text === '*' ? undefined : parseAddressBlock(text);
  } catch {
    return undefined;
  }
}

function notABlock(text: string): FourtupleError {
  return new FourtupleError('FT_ARGUMENT', `'${text}' is not a block of addresses`, {
    hint: 'Write its first address and how many bits it has: 10.0.0.0/28, 2001:db8::/64.',
  });
}

/** The block that a source or a rule stands for. */
export function blockOf({ address, prefixLength }: SpreadSource): AddressBlock {
  const first = parseAddress(address);
  return { address: first, prefix: isIPv4(first) ? IPV4_OFFSET + prefixLength : prefixLength };
}

/** How many bits one address has: 32 or 128. @param address in canonical text */
export function wholeLength(address: string): number {
  return address.includes(':') ? 128 : 32;
}

/** `10.0.0.10`, `2001:db8::/64`. */
export function formatSource(source: SpreadSource): string {
  return isOneAddress(source) ? source.address : `${source.address}/${source.prefixLength}`;
}

/** Whether it is one address, not a prefix. */
export function isOneAddress(source: SpreadSource): boolean {
  return blockOf(source).prefix === ADDRESS_BITS;
}

/** Sources as {@link parseSources} reads them, in the order that they have: neighbours joined. */
export function formatSources(sources: readonly SpreadSource[]): string {
  const follows = (a: SpreadSource, b: SpreadSource): boolean =>
    isOneAddress(a) && isOneAddress(b) && followsAddress(parseAddress(a.address), parseAddress(b.address));
  return runsOf(sources, follows)
    .map(([first, last]) =>
      first === last
        ? formatSource(first)
        : formatAddressRange(parseAddress(first.address), parseAddress(last.address)),
    )
    .join(',');
}
