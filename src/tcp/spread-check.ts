import { isIPv4, parseAddress } from './address.ts';
import { type AddressBlock, blockContains, parseAddressBlock } from './address-block.ts';
import { type DestinationRule, formatRule } from './destination-rule.ts';
import type { Endpoint } from './endpoint.ts';
import { FourtupleError } from './error.ts';
import { formatEndpoint } from './lane.ts';
import { MAX_PORT } from './port-range.ts';
import type { DestinationSpread, SourceSpread, Spread } from './spread.ts';
import { MOST_CHOICES, MOST_RULES } from './spread-limits.ts';
import { blockOf, formatSource, isOneAddress, type SpreadSource } from './spread-source.ts';

/** What no TCP connection comes from or goes to, as part of a sentence. */
const NO_END: readonly (readonly [block: AddressBlock, why: string])[] = [
  [parseAddressBlock('0.0.0.0'), 'is the unspecified address: it names no machine'],
  [parseAddressBlock('::'), 'is the unspecified address: it names no machine'],
  [parseAddressBlock('255.255.255.255'), 'is the broadcast address: a connection has one other end'],
  [parseAddressBlock('224.0.0.0/4'), 'is multicast: a connection has one other end'],
  [parseAddressBlock('ff00::/8'), 'is multicast: a connection has one other end'],
  [parseAddressBlock('fe80::/10'), 'is link-local: it is of one link alone'],
];

/**
 * Checks that a spread says something that can be done, whatever the machine.
 *
 * @throws FourtupleError FT_ARGUMENT naming the part that is wrong: a list that is empty or too long, what is there twice or
 *   overlaps, addresses that no connection has, families that do not meet, a destination that is itself a source
 */
export function checkSpread(spread: Spread): void {
  if (spread.kind === 'sources') checkSources(spread);
  else checkDestinations(spread);
}

function checkSources({ sources, to }: SourceSpread): void {
  checkCount(sources.length, MOST_CHOICES, 'source address', 'source addresses');
  checkCount(to.length, MOST_RULES, 'destination rule', 'destination rules');
  for (const source of sources) checkSource(source, sources.length);
  checkOnce(sources.map(formatSource), 'source');
  for (const rule of to) checkRule(rule);
  for (const [index, rule] of to.entries()) {
    for (const other of to.slice(index + 1)) checkApart(rule, other);
    checkNoSource(rule, sources);
  }
  checkFamilies(sources, to);
}

function checkDestinations({ from, over }: DestinationSpread): void {
  checkCount(over.length, MOST_CHOICES, 'destination to spread over', 'destinations to spread over');
  for (const endpoint of [from, ...over]) checkEndpoint(endpoint);
  checkOnce(over.map(endpointText), 'destination');
  const asked = endpointText(from);
  for (const endpoint of over) {
    if (isIPv4(parseAddress(endpoint.address)) !== isIPv4(parseAddress(from.address))) {
      throw wrong(
        `the destination ${endpointText(endpoint)} is not of the family of ${asked}: a socket has one family`,
      );
    }
  }
  if (over.length === 1 && endpointText(over[0] as Endpoint) === asked) {
    throw wrong(`${asked} over ${asked} is no spread: it is the destination that there is`);
  }
}

function checkCount(count: number, most: number, one: string, several: string): void {
  if (count === 0) throw wrong(`no ${one} is given`);
  if (count > most) throw wrong(`${count} ${several} are more than the ${most} that a spread can have`);
}

function checkSource(source: SpreadSource, count: number): void {
  const name = formatSource(source);
  const block = blockOf(source);
  checkEnd(`the source ${name}`, block, true);
  if (isOneAddress(source)) return;
  if (isIPv4(block.address))
    throw wrong(`the source ${name} is an IPv4 block: each of its addresses is a source of its own`);
  if (count > 1) throw wrong(`the source ${name} is a prefix, which must be the only source`);
}

function checkRule(rule: DestinationRule): void {
  checkEnd(`the destination ${formatRule(rule)}`, blockOf(rule), false);
  if (rule.port !== null) checkPort(rule.port, `the destination ${formatRule(rule)}`);
}

function checkEndpoint(endpoint: Endpoint): void {
  const name = `the destination ${endpointText(endpoint)}`;
  checkEnd(name, { address: parseAddress(endpoint.address), prefix: 128 }, false);
  checkPort(endpoint.port, name);
}

/** @param wholly whether no address at all of a block may be such a one: any can be chosen */
function checkEnd(name: string, block: AddressBlock, wholly: boolean): void {
  for (const [refused, why] of NO_END) {
    if (contains(refused, block)) throw wrong(`${name} ${why}`);
    if (wholly && contains(block, refused)) throw wrong(`${name} holds an address that ${why}`);
  }
}

function checkPort(port: number, name: string): void {
  if (!Number.isInteger(port) || port < 1 || port > MAX_PORT) throw wrong(`${name} has no port from 1 to ${MAX_PORT}`);
}

function checkOnce(names: readonly string[], what: string): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw wrong(`the ${what} ${twice} is given twice`);
}

function checkApart(one: DestinationRule, other: DestinationRule): void {
  const [oneBlock, otherBlock] = [blockOf(one), blockOf(other)];
  const portsMeet = one.port === null || other.port === null || one.port === other.port;
  if (!portsMeet || !(contains(oneBlock, otherBlock) || contains(otherBlock, oneBlock))) return;
  const [a, b] = [formatRule(one), formatRule(other)];
  if (a === b) throw wrong(`the destination ${a} is given twice`);
  const isWithin = (inner: DestinationRule, outer: DestinationRule): boolean =>
    contains(blockOf(outer), blockOf(inner)) && (outer.port === null || outer.port === inner.port);
  if (isWithin(one, other)) throw wrong(`the destination ${a} is inside ${b}: give one of them`);
  if (isWithin(other, one)) throw wrong(`the destination ${b} is inside ${a}: give one of them`);
  throw wrong(`the destinations ${a} and ${b} overlap: some connections are of both`);
}

function checkNoSource(rule: DestinationRule, sources: readonly SpreadSource[]): void {
  if (!isOneAddress(rule)) return;
  const source = sources.find((one) => contains(blockOf(one), blockOf(rule)));
  if (source === undefined) return;
  const name = isOneAddress(source) ? 'itself a source' : `an address of the source ${formatSource(source)}`;
  throw wrong(`the destination ${formatRule(rule)} is ${name}`);
}

function checkFamilies(sources: readonly SpreadSource[], to: readonly DestinationRule[]): void {
  const lonelySource = sources.find((source) => !to.some((rule) => familyOf(rule) === familyOf(source)));
  if (lonelySource !== undefined) {
    throw wrong(`the source ${formatSource(lonelySource)} meets no destination: none is ${familyOf(lonelySource)}`);
  }
  const lonelyRule = to.find((rule) => !sources.some((source) => familyOf(source) === familyOf(rule)));
  if (lonelyRule !== undefined) {
    throw wrong(`the destination ${formatRule(lonelyRule)} meets no source: none is ${familyOf(lonelyRule)}`);
  }
}

function familyOf({ address }: SpreadSource): 'IPv4' | 'IPv6' {
  return isIPv4(parseAddress(address)) ? 'IPv4' : 'IPv6';
}

/** Whether each address of a block is of another, of the same family: `::/0` is no IPv4. */
function contains(outer: AddressBlock, inner: AddressBlock): boolean {
  if (isIPv4(outer.address) !== isIPv4(inner.address)) return false;
  return outer.prefix <= inner.prefix && blockContains(outer, inner.address);
}

function endpointText({ address, port }: Endpoint): string {
  return formatEndpoint(address, port);
}

function wrong(message: string): FourtupleError {
  return new FourtupleError('FT_ARGUMENT', message);
}
