import type { Address } from './address.ts';
import { type AddressBlock, blockContains, formatAddressBlock, parseAddressBlock } from './address-block.ts';
import { FourtupleError } from './error.ts';
import { MAX_PORT } from './port-range.ts';

/** Which lanes are meant: any part may be left open. */
export interface LanePattern {
  readonly source: AddressBlock;
  readonly destination: AddressBlock;
  /** null for any. */
  readonly port: number | null;
}

const ANY: AddressBlock = { address: [0, 0, 0, 0], prefix: 0 };

/**
 * Reads a pattern as people write it: `10.0.0.5>10.0.1.9:8080`, `*>10.0.1.0/24:*`, `10.0.1.9:8080` (any source),
 * `[2001:db8::/32]:443`, `:8080` (any address). Any part may be `*` or a CIDR block; a zone (`%eth0`) is passed over.
 *
 * @throws FourtupleError FT_ARGUMENT naming the part that is wrong
 */
export function parseLanePattern(text: string): LanePattern {
  const parts = text.split('>');
  if (parts.length > 2 || text.trim() === '') throw wrongPattern(text, 'it has more than one >, or nothing');
  const [source, endpoint] = parts.length === 2 ? [parts[0] as string, parts[1] as string] : ['*', text];
  const { host, port } = splitEndpoint(text, endpoint.trim());
  try {
    return { source: parseSide(source.trim()), destination: parseSide(host), port };
  } catch (cause) {
    throw wrongPattern(text, cause instanceof Error ? cause.message : String(cause));
  }
}

function parseSide(text: string): AddressBlock {
  return text === '' ? ANY : parseAddressBlock(text.replace(/^\[(.*)\]$/, '$1').replace(/%[^/]*/, ''));
}

function splitEndpoint(text: string, endpoint: string): { host: string; port: number | null } {
  const bracketed = /^(\[[^\]]*\])(?::(.*))?$/.exec(endpoint);
  const colon = endpoint.lastIndexOf(':');
  const manyColons = endpoint.indexOf(':') !== colon;
  if (bracketed === null && manyColons) return { host: endpoint, port: null };
  const host = bracketed?.[1] ?? (colon < 0 ? endpoint : endpoint.slice(0, colon));
  const port = bracketed === null ? (colon < 0 ? '*' : endpoint.slice(colon + 1)) : (bracketed[2] ?? '*');
  if (port === '*') return { host, port: null };
  if (!/^\d{1,5}$/.test(port) || Number(port) > MAX_PORT || Number(port) < 1) {
    throw wrongPattern(text, `'${port}' is not a port`);
  }
  return { host, port: Number(port) };
}

function wrongPattern(text: string, reason: string): FourtupleError {
  return new FourtupleError('FT_ARGUMENT', `'${text}' does not name lanes: ${reason}`, {
    hint: "Write source>destination:port, like '10.0.0.5>10.0.1.9:8080'; any part may be * or a block like 10.0.0.0/8.",
  });
}

export function matchesLane(pattern: LanePattern, source: Address, destination: Address, port: number): boolean {
  return (
    (pattern.port === null || pattern.port === port) &&
    blockContains(pattern.destination, destination) &&
    blockContains(pattern.source, source)
  );
}

/** A pattern as {@link parseLanePattern} reads it: `*>10.0.1.0/24:8080`. */
export function formatLanePattern({ source, destination, port }: LanePattern): string {
  const to = formatAddressBlock(destination);
  return `${formatAddressBlock(source)}>${to.includes(':') ? `[${to}]` : to}:${port ?? '*'}`;
}
