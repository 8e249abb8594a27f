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

const RANGE = /^\s*(\d+)\s*[-\s]\s*(\d+)\s*$/;
const TWO_PORTS = `Write two ports from 1 to ${MAX_PORT}, the lower one first: ${formatRange(LINUX_DEFAULT_RANGE)}.`;

/**
 * Reads a range the way people write it (`32768-60999`) or the way the kernel does (`32768\t60999`).
 *
 * @throws FourtupleError FT_PORT_RANGE saying what is wrong, where it is not two ports from 1 to 65535, lower one first.
 */
export function parsePortRange(text: string): PortRange {
  const match = RANGE.exec(text);
  if (match === null) throw wrongRange(text, 'it is not two ports', TWO_PORTS);
  const [low, high] = [Number(match[1]), Number(match[2])];
  if (Math.max(low, high) > MAX_PORT) throw wrongRange(text, `no port is above ${MAX_PORT}`, TWO_PORTS);
  if (Math.min(low, high) < 1) throw wrongRange(text, 'there is no port 0', TWO_PORTS);
  if (low > high) {
    const turned = formatRange({ low: high, high: low });
    throw wrongRange(text, 'it is upside down', `Write the lower port first: ${turned}.`);
  }
  return { low, high };
}

function wrongRange(text: string, reason: string, hint: string): FourtupleError {
  return new FourtupleError('FT_PORT_RANGE', `'${text.trim()}' is not a port range: ${reason}`, { hint });
}
