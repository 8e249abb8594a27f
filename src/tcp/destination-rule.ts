import { formatAddress, isIPv4 } from './address.ts';
import { formatAddressBlock } from './address-block.ts';
import type { Endpoint } from './endpoint.ts';
import { splitEndpoint, tryParsePort } from './endpoint-text.ts';
import { FourtupleError } from './error.ts';
import { formatEndpoint } from './lane.ts';
import { listItems } from './list-text.ts';
import { blockOf, readBlock, wholeLength } from './spread-source.ts';

/** Which connections a spread is for: those to an address or a block of addresses, on one port or any. */
export interface DestinationRule {
  /** Canonical text (RFC 5952); IPv4-mapped is IPv4. The first one of a block. */
  readonly address: string;
  /** 0 to 32 (IPv4) or 128 (IPv6): how many bits count. */
  readonly prefixLength: number;
  /** 1 to 65535; null for any. */
  readonly port: number | null;
}

const IPV4_OFFSET = 96;

/** The rule for one destination. */
export function exactRule({ address, port }: Endpoint): DestinationRule {
  return { address, prefixLength: wholeLength(address), port };
}

/**
 * Reads rules, each text one or more of them with commas between: `10.0.1.9:8080`, `10.0.1.0/24:8080`, `10.0.1.9` (any
 * port), `[2001:db8::/64]:443`, `2001:db8::9`.
 *
 * @throws FourtupleError FT_ARGUMENT naming the part that is wrong
 */
export function parseDestinationRules(texts: readonly string[]): DestinationRule[] {
  return texts.flatMap((text) => listItems(text, 'destination').map(ruleOf));
}

function ruleOf(item: string): DestinationRule {
  const { host, port } = splitEndpoint(item);
  const { address, prefix } = readBlock(host);
  const prefixLength = isIPv4(address) ? prefix - IPV4_OFFSET : prefix;
  return { address: formatAddress(address), prefixLength, port: portOf(item, port) };
}

function portOf(item: string, text: string | null): number | null {
  if (text === null || text === '*') return null;
  const port = tryParsePort(text);
  if (port !== undefined) return port;
  throw new FourtupleError('FT_ARGUMENT', `'${item}' names no destination: '${text}' is not a port`, {
    hint: 'Write one port from 1 to 65535, or none for any: 10.0.1.9:8080, 10.0.1.0/24:8080, 10.0.1.9.',
  });
}

/** A rule as {@link parseDestinationRules} reads it. */
export function formatRule(rule: DestinationRule): string {
  const block = blockOf(rule);
  const text = block.prefix === 0 ? `${rule.address}/0` : formatAddressBlock(block);
  return rule.port === null ? text : formatEndpoint(text, rule.port);
}
