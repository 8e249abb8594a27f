import { type Address, formatAddress, parseAddress } from './address.ts';
import { followsAddress, formatAddressRange, parseAddressRange } from './address-range.ts';
import { splitEndpoint, tryParsePort } from './endpoint-text.ts';
import { FourtupleError } from './error.ts';
import { formatEndpoint } from './lane.ts';
import { readList, runsOf } from './list-text.ts';
import { type PortRange, parsePortRange, rangeSize } from './port-range.ts';
import { MOST_CHOICES } from './spread-limits.ts';

/** Where a connection goes. */
export interface Endpoint {
  /** Canonical text (RFC 5952); IPv4-mapped is IPv4. */
  readonly address: string;
  /** 1 to 65535. */
  readonly port: number;
}

const WHAT = 'destination';

/**
 * Reads one endpoint: `10.0.1.9:8080`, `[2001:db8::9]:8080`.
 *
 * @throws FourtupleError FT_ARGUMENT naming the part that is wrong
 */
export function parseEndpoint(text: string): Endpoint {
  const [endpoint, ...more] = parseEndpoints(text);
  if (endpoint === undefined || more.length > 0) {
    throw new FourtupleError(
      'FT_ARGUMENT',
      `'${text.trim()}' is ${more.length + 1} destinations: exactly one is asked for`,
    );
  }
  return endpoint;
}

/**
 * Reads endpoints with commas between; ranges of addresses, of ports, or of both are each of them:
 * `10.0.1.9:8080-8083,10.0.1.10:8080`, `10.0.1.9-10.0.1.12:8080`, `[2001:db8::9-2001:db8::c]:8080`.
 *
 * @throws FourtupleError FT_ARGUMENT naming the part that is wrong, or the two that have an endpoint in common
 */
export function parseEndpoints(text: string): Endpoint[] {
  return readList(text, WHAT, endpointsOf, ({ address, port }) => formatEndpoint(address, port));
}

function endpointsOf(item: string): Endpoint[] {
  const { host, port } = splitEndpoint(item);
  const addresses = parseAddressRange(host).map(formatAddress);
  if (port === null) {
    throw new FourtupleError('FT_ARGUMENT', `'${item}' has no port`, {
      hint: `Write it with one: ${formatEndpoint(host, 8080)}.`,
    });
  }
  const ports = portsOf(item, port);
  if (addresses.length * rangeSize(ports) > MOST_CHOICES) {
    throw new FourtupleError('FT_ARGUMENT', `'${item}' has more than ${MOST_CHOICES} destinations`, {
      hint: `Connections choose from at most ${MOST_CHOICES}.`,
    });
  }
  return addresses.flatMap((address) =>
    Array.from({ length: rangeSize(ports) }, (_, index) => ({ address, port: ports.low + index })),
  );
}

function portsOf(item: string, text: string): PortRange {
  const port = tryParsePort(text);
  if (port !== undefined) return { low: port, high: port };
  if (!text.includes('-'))
    throw new FourtupleError('FT_ARGUMENT', `'${item}' names no destination: '${text}' is not a port`);
  try {
    return parsePortRange(text);
  } catch (cause) {
    const hint = cause instanceof FourtupleError ? cause.hint : undefined;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FourtupleError('FT_ARGUMENT', `'${item}' names no destination: ${reason}`, { hint, cause });
  }
}

/** One address and one or more of its ports. */
interface PortRun extends PortRange {
  readonly address: Address;
}

/** Endpoints as {@link parseEndpoints} reads them, in the order that they have: neighbours joined. */
export function formatEndpoints(endpoints: readonly Endpoint[]): string {
  const portRuns = runsOf(endpoints, (a, b) => a.address === b.address && a.port + 1 === b.port).map(
    ([first, last]): PortRun => ({ address: parseAddress(first.address), low: first.port, high: last.port }),
  );
  return runsOf(portRuns, areOnePort).map(formatRun).join(',');
}

/** Whether two neighbours have the same single port, which is written once for both. */
function areOnePort(a: PortRun, b: PortRun): boolean {
  return a.low === a.high && b.low === b.high && a.low === b.low && followsAddress(a.address, b.address);
}

function formatRun([first, last]: [PortRun, PortRun]): string {
  const ports = first.low === first.high ? first.low : `${first.low}-${first.high}`;
  return formatEndpoint(formatAddressRange(first.address, last.address), ports);
}
