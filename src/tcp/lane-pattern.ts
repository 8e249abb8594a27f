import type { Address } from './address.ts';
import { type AddressBlock, blockContains, formatAddressBlock, parseAddressBlock } from './address-block.ts';
import { splitEndpoint, tryParsePort } from './endpoint-text.ts';
import { FourtupleError } from './error.ts';

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
  const { host, port: portText } = splitEndpoint(endpoint.trim());
  const port = portOf(text, portText);
  try {
    return { source: parseSide(source.trim()), destination: parseSide(host), port };
  } catch (cause) {
    throw wrongPattern(text, cause instanceof Error ? cause.message : String(cause));
  }
}

function parseSide(text: string): AddressBlock {
  return text === '' ? ANY : parseAddressBlock(text.replace(/^\[(.*)\]$/, '$1').replace(/%[^/]*/, ''));
}

function portOf(text: string, port: string | null): number | null {
  if (port === null || port === '*') return null;
  const number = tryParsePort(port);
  if (number === undefined) throw wrongPattern(text, `'${port}' is not a port`);
  return number;
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
