import { type Address, formatAddress, isIPv4, sameAddress, tryParseAddress, withoutZone } from './address.ts';
import { FourtupleError } from './error.ts';
import { MOST_CHOICES } from './spread-limits.ts';

/** The next higher address; all zeros after the last one. */
export function nextAddress(address: Address): Address {
  const next: [number, number, number, number] = [...address];
  for (let word = 3; word >= 0; word -= 1) {
    next[word] = ((next[word] as number) + 1) >>> 0;
    if (next[word] !== 0) break;
  }
  return next;
}

/** Whether two addresses are of one family, and the one comes right after the other. */
export function followsAddress(before: Address, after: Address): boolean {
  return isIPv4(before) === isIPv4(after) && sameAddress(nextAddress(before), after);
}

/**
 * Reads an address, or a range of them with both ends included: `10.0.0.10-10.0.0.17`, `2001:db8::10-2001:db8::1f`.
 *
 * @returns each address of it, ascending: at most {@link MOST_CHOICES}
 * @throws FourtupleError FT_ARGUMENT naming the part that is wrong, or a range that has more
 */
export function parseAddressRange(text: string): Address[] {
  const [low = '', high, ...rest] = text.split('-').map((end) => end.trim());
  const first = parseRangeEnd(low);
  if (high === undefined) return [first];
  if (rest.length > 0)
    throw new FourtupleError('FT_ARGUMENT', `'${text}' is not a range of addresses: it has more than one -`);
  const last = parseRangeEnd(high);
  if (isIPv4(first) !== isIPv4(last)) {
    throw new FourtupleError('FT_ARGUMENT', `'${text}' is not a range of addresses: one end is IPv4, the other IPv6`);
  }
  if (isAbove(first, last)) {
    throw new FourtupleError('FT_ARGUMENT', `'${text}' is not a range of addresses: it is upside down`, {
      hint: `Write the lower address first: ${high}-${low}.`,
    });
  }
  return addressesBetween(text, first, last);
}

/**
 * Each address from one to another.
 *
 * @param text what they are of, for the error
 * @throws FourtupleError FT_ARGUMENT where there are more than {@link MOST_CHOICES}
 */
export function addressesBetween(text: string, first: Address, last: Address): Address[] {
  const addresses = [first];
  for (let address = first; !sameAddress(address, last); addresses.push(address)) {
    if (addresses.length === MOST_CHOICES) {
      throw new FourtupleError('FT_ARGUMENT', `'${text}' has more than ${MOST_CHOICES} addresses`, {
        hint: `Connections choose from at most ${MOST_CHOICES}.`,
      });
    }
    address = nextAddress(address);
  }
  return addresses;
}

function parseRangeEnd(text: string): Address {
  const address = tryParseAddress(text);
  if (address === undefined) throw notAnAddress(text);
  return address;
}

/** What to say of a text that is no address; of a zone (`fe80::1%eth0`) that it cannot be had here. */
export function notAnAddress(text: string): FourtupleError {
  if (text.includes('%') && tryParseAddress(withoutZone(text)) !== undefined) {
    return new FourtupleError('FT_ARGUMENT', `'${text}' has a zone: a link-local address is of one link alone`, {
      hint: 'Spread over addresses of a wider scope, like 2001:db8::5.',
    });
  }
  return new FourtupleError('FT_ARGUMENT', `'${text}' is not an IP address`, {
    hint: 'Write it as 10.0.0.5 or 2001:db8::5.',
  });
}

function isAbove(one: Address, other: Address): boolean {
  const word = one.findIndex((bits, index) => bits !== other[index]);
  return word >= 0 && (one[word] as number) > (other[word] as number);
}

/** Addresses from one to another as {@link parseAddressRange} reads them. */
export function formatAddressRange(first: Address, last: Address): string {
  return sameAddress(first, last) ? formatAddress(first) : `${formatAddress(first)}-${formatAddress(last)}`;
}
