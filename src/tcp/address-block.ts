import { type Address, formatAddress, isIPv4, tryParseAddress } from './address.ts';
import { FourtupleError } from './error.ts';

/** A block of addresses: those whose first `prefix` bits of 128 are those of `address` (RFC 4632). */
export interface AddressBlock {
  readonly address: Address;
  /** 0 to 128; IPv4 blocks count from 96. */
  readonly prefix: number;
}

const ADDRESS_BITS = 128;
const IPV4_OFFSET = 96;

/**
 * Reads `*`, an address, or a block of addresses like `10.0.0.0/8`.
 *
 * @throws FourtupleError FT_ADDRESS where it is none of these, or the prefix is too long for the family
 */
export function parseAddressBlock(text: string): AddressBlock {
  if (text === '*') return { address: [0, 0, 0, 0], prefix: 0 };
  const [host = '', length, ...rest] = text.split('/');
  const address = tryParseAddress(host);
  if (address === undefined || rest.length > 0) throw notABlock(text);
  const offset = isIPv4(address) && !host.includes(':') ? IPV4_OFFSET : 0;
  if (length === undefined) return { address, prefix: ADDRESS_BITS };
  const prefix = offset + Number(length);
  if (!/^\d{1,3}$/.test(length) || prefix > ADDRESS_BITS) throw notABlock(text);
  return { address, prefix };
}

function notABlock(text: string): FourtupleError {
  return new FourtupleError('FT_ADDRESS', `'${text}' is neither an IP address nor a block of addresses`, {
    hint: 'Write * for any, an address (10.0.0.5, 2001:db8::5) or a block (10.0.0.0/8).',
  });
}

export function blockContains(block: AddressBlock, address: Address): boolean {
  for (let word = 0; word < 4; word += 1) {
    const bits = Math.min(32, Math.max(0, block.prefix - 32 * word));
    if (bits === 0) return true;
    const mask = bits === 32 ? 0xffff_ffff : ~(0xffff_ffff >>> bits);
    if ((((block.address[word] as number) ^ (address[word] as number)) & mask) !== 0) return false;
  }
  return true;
}

/** Whether the address that a block is written with is its first one: no bit is set that does not count. */
export function isFirstOfBlock({ address, prefix }: AddressBlock): boolean {
  return address.every((bits, word) => {
    const counted = Math.min(32, Math.max(0, prefix - 32 * word));
    return counted === 32 || (bits & (0xffff_ffff >>> counted)) === 0;
  });
}

/** A block as {@link parseAddressBlock} reads it: `10.0.0.0/8`, a single address without a length, `*` for all. */
export function formatAddressBlock({ address, prefix }: AddressBlock): string {
  if (prefix === 0) return '*';
  const text = formatAddress(address);
  if (prefix === ADDRESS_BITS) return text;
  return `${text}/${isIPv4(address) && prefix >= IPV4_OFFSET ? prefix - IPV4_OFFSET : prefix}`;
}
