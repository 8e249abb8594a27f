import { FourtupleError } from './error.ts';

export const MAX_PORT = 65_535;

/** A range of ports, both ends included, as `net.ipv4.ip_local_port_range` holds it. */
export interface PortRange {
  readonly low: number;
  readonly high: number;
}

/**
 * What Linux starts with since 4.2 (net/ipv4/af_inet.c, `inet_init_net`): 28,232 ports. Before, the end was 61000.
 */
export const LINUX_DEFAULT_RANGE: PortRange = { low: 32_768, high: 60_999 };

/** How many ports the range has. */
export function rangeSize(range: PortRange): number {
  return range.high - range.low + 1;
}

export function inRange(range: PortRange, port: number): boolean {
  return port >= range.low && port <= range.high;
}

/**
 * Whether `connect()` tries this port in its first pass: it has the parity of the range's low end
 * (`__inet_hash_connect()`). `bind()` to port 0 starts with the other ones (`inet_csk_find_open_port()`).
 */
export function isFirstPassPort(range: PortRange, port: number): boolean {
  return ((port ^ range.low) & 1) === 0;
}

/** `32768-60999`. */
export function formatRange(range: PortRange): string {
  return `${range.low}-${range.high}`;
}

const RANGE = /^\s*(\d{1,5})\s*[-\s]\s*(\d{1,5})\s*$/;

/**
 * Reads a range the way people write it (`32768-60999`) or the way the kernel does (`32768\t60999`).
 *
 * @throws FourtupleError FT_PORT_RANGE where it is not two ports from 1 to 65535, lower one first.
 */
export function parsePortRange(text: string): PortRange {
  const match = RANGE.exec(text);
  const low = Number(match?.[1]);
  const high = Number(match?.[2]);
  if (match === null || low < 1 || high > MAX_PORT || low > high) {
    throw new FourtupleError('FT_PORT_RANGE', `'${text.trim()}' is not a port range`, {
      hint: 'Write two ports from 1 to 65535, the lower one first: 32768-60999.',
    });
  }
  return { low, high };
}
