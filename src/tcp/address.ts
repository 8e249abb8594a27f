import { FourtupleError } from './error.ts';

/**
 * An IP address as four 32-bit words, most significant first. IPv4 is held as IPv4-mapped IPv6 (RFC 4291 §2.5.5.2), so
 * that an IPv4-mapped socket and an IPv4 socket have the same address, as they have in the kernel's hash tables
 * (`sk_ehashfn`).
 */
export type Address = readonly [number, number, number, number];

const MAPPED_PREFIX = 0xffff;

/** The unspecified addresses `0.0.0.0` and `::`. */
export const ANY_IPV4: Address = [0, 0, MAPPED_PREFIX, 0];
export const ANY_IPV6: Address = [0, 0, 0, 0];

/** An IPv4 address from its 32 bits, most significant byte first. */
export function ipv4(bits: number): Address {
  return [0, 0, MAPPED_PREFIX, bits >>> 0];
}

export function isIPv4(address: Address): boolean {
  return address[0] === 0 && address[1] === 0 && address[2] === MAPPED_PREFIX;
}

/** `0.0.0.0` or `::`. */
export function isUnspecified(address: Address): boolean {
  return address[3] === 0 && address[0] === 0 && address[1] === 0 && (address[2] === 0 || address[2] === MAPPED_PREFIX);
}

/** 127.0.0.0/8 (also IPv4-mapped) or ::1: what `tcp_twsk_unique()` of net/ipv4/tcp_ipv4.c calls loopback. */
export function isLoopback(address: Address): boolean {
  if (isIPv4(address)) return address[3] >>> 24 === 127;
  return address[0] === 0 && address[1] === 0 && address[2] === 0 && address[3] === 1;
}

/** fe80::/10: an address that means something only together with an interface (RFC 4007). */
export function isLinkLocal(address: Address): boolean {
  return address[0] >>> 22 === 0x3fa;
}

export function sameAddress(a: Address, b: Address): boolean {
  return a[3] === b[3] && a[2] === b[2] && a[1] === b[1] && a[0] === b[0];
}

/** Whether what goes from the one to the other never leaves the machine. */
export function staysOnMachine(source: Address, destination: Address): boolean {
  return isLoopback(source) || isLoopback(destination) || sameAddress(source, destination);
}

const DOTTED = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;
const IPV6_CHARACTERS = /^[0-9a-fA-F:.]+$/;
const GROUPS = 8;

/**
 * Reads an address from text. Takes dotted IPv4 with four decimal parts and IPv6 (RFC 4291 §2.2), no zone. What tools read
 * in different ways (`0x7f.1`, `010.0.0.1`) is refused.
 *
 * @returns undefined where the text is no address.
 */
export function tryParseAddress(text: string): Address | undefined {
  const dotted = DOTTED.exec(text);
  if (dotted !== null) {
    const [a, b, c, d] = [Number(dotted[1]), Number(dotted[2]), Number(dotted[3]), Number(dotted[4])];
    return a < 256 && b < 256 && c < 256 && d < 256 ? ipv4((a << 24) | (b << 16) | (c << 8) | d) : undefined;
  }
  if (!text.includes(':') || !IPV6_CHARACTERS.test(text)) return undefined;
  const canonical = canonicalIPv6(text);
  return canonical === undefined ? undefined : expandIPv6(canonical);
}

/**
 * The platform's own URL parser reads and writes IPv6 addresses as RFC 5952 asks (https://url.spec.whatwg.org, "IPv6
 * serializer"): lower case, no leading zeros, the first longest run of zero groups as `::`, never a dotted part.
 */
function canonicalIPv6(text: string): string | undefined {
  try {
    return new URL(`http://[${text}]`).hostname.slice(1, -1);
  } catch {
    return undefined;
  }
}

function expandIPv6(canonical: string): Address {
  const [head = '', tail] = canonical.split('::');
  const groups = (side: string): number[] =>
    side === '' ? [] : side.split(':').map((group) => Number.parseInt(group, 16));
  const [first, last] = [groups(head), groups(tail ?? '')];
  const all = [...first, ...new Array<number>(GROUPS - first.length - last.length).fill(0), ...last];
  const word = (index: number): number => (((all[index] as number) << 16) | (all[index + 1] as number)) >>> 0;
  return [word(0), word(2), word(4), word(6)];
}

/**
 * Reads an address from text, like {@link tryParseAddress}.
 *
 * @throws FourtupleError FT_ADDRESS where the text is no address.
 */
export function parseAddress(text: string): Address {
  const address = tryParseAddress(text);
  if (address === undefined) {
    throw new FourtupleError('FT_ADDRESS', `'${text}' is not an IP address`, {
      hint: 'Write it as 10.0.0.5 or 2001:db8::5.',
    });
  }
  return address;
}

/** The canonical text: dotted for IPv4 (IPv4-mapped too), RFC 5952 for IPv6. */
export function formatAddress(address: Address): string {
  const bits = address[3];
  if (isIPv4(address)) return `${bits >>> 24}.${(bits >>> 16) & 255}.${(bits >>> 8) & 255}.${bits & 255}`;
  const groups = address.flatMap((word) => [word >>> 16, word & 0xffff]).map((group) => group.toString(16));
  return canonicalIPv6(groups.join(':')) as string;
}

/** The canonical text with its zone where there is one (RFC 4007 §11): `fe80::1%eth0`. */
export function formatScopedAddress(address: Address, zone: string | null): string {
  return zone === null ? formatAddress(address) : `${formatAddress(address)}%${zone}`;
}

/** An address as text without its zone: `fe80::1` of `fe80::1%eth0`. */
export function withoutZone(text: string): string {
  return text.replace(/%.*$/, '');
}
