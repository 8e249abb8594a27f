import { type Address, formatAddress, isIPv4, parseAddress } from '../tcp/address.ts';
import { FourtupleError } from '../tcp/error.ts';

const IPV4_BITS = 32;
const IPV6_BITS = 128;

/** An address and a prefix length as they were given. */
export interface ParsedPrefix {
  readonly address: Address;
  readonly prefixLength: number;
  /** `10.0.0.5/32` */
  readonly text: string;
}

/**
 * @param prefixLength in bits of the family's own addresses: 0 to 32, or 128
 * @throws FourtupleError FT_ADDRESS where the text is no address; FT_ARGUMENT where the length is not one of its family
 */
export function parsePrefix(address: string, prefixLength: number): ParsedPrefix {
  const parsed = parseAddress(address);
  const bits = isIPv4(parsed) ? IPV4_BITS : IPV6_BITS;
  if (Number.isInteger(prefixLength) && prefixLength >= 0 && prefixLength <= bits) {
    return { address: parsed, prefixLength, text: `${formatAddress(parsed)}/${prefixLength}` };
  }
  throw new FourtupleError('FT_ARGUMENT', `${prefixLength} is no prefix length of ${formatAddress(parsed)}`, {
    hint: `It is a whole number from 0 to ${bits}.`,
  });
}

/**
 * Like {@link parsePrefix}, for the first address of a prefix.
 *
 * @throws FourtupleError FT_ARGUMENT too where it is another one
 */
export function parseNetwork(address: string, prefixLength: number): ParsedPrefix {
  const prefix = parsePrefix(address, prefixLength);
  const first = formatAddress(firstOf(prefix));
  if (first === formatAddress(prefix.address)) return prefix;
  throw new FourtupleError('FT_ARGUMENT', `${prefix.text} is not a whole prefix`, {
    hint: `Its first address is ${first}: write ${first}/${prefixLength}.`,
  });
}

function firstOf({ address, prefixLength }: ParsedPrefix): Address {
  const kept = isIPv4(address) ? IPV6_BITS - IPV4_BITS + prefixLength : prefixLength;
  const word = (index: 0 | 1 | 2 | 3): number => {
    const bits = Math.min(32, Math.max(0, kept - 32 * index));
    return bits === 0 ? 0 : (address[index] & (0xffff_ffff << (32 - bits))) >>> 0;
  };
  return [word(0), word(1), word(2), word(3)];
}
