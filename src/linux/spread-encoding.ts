import { type Address, formatAddress, isIPv4, parseAddress, sameAddress } from '../tcp/address.ts';
import { type DestinationRule, exactRule } from '../tcp/destination-rule.ts';
import type { Endpoint } from '../tcp/endpoint.ts';
import type { Spread } from '../tcp/spread.ts';
import { blockOf, isOneAddress, type SpreadSource } from '../tcp/spread-source.ts';
import { CHOICE, ENDPOINT, maskOf, RULE, readAddress, SETTINGS, writeAddress, writeEndpoint } from './spread-layout.ts';

/** Choices and rules of a spread, as its maps hold them. */

const IPV4_OFFSET = 96;

function sourceChoice(source: SpreadSource): DataView<ArrayBuffer> {
  const choice = endpointChoice({ address: source.address, port: 0 });
  const mask = maskOf(blockOf(source).prefix);
  writeAddress(choice, CHOICE.randomBits, mask.map((word) => ~word >>> 0) as unknown as Address);
  return choice;
}

function endpointChoice(endpoint: Endpoint): DataView<ArrayBuffer> {
  const choice = new DataView(new ArrayBuffer(CHOICE.size));
  writeEndpoint(choice, 0, endpoint);
  return choice;
}

export function encodeRule(wanted: DestinationRule): DataView {
  const rule = new DataView(new ArrayBuffer(RULE.size));
  const { address, prefix } = blockOf(wanted);
  writeAddress(rule, RULE.address, address);
  writeAddress(rule, RULE.mask, maskOf(prefix));
  rule.setUint16(RULE.port, wanted.port ?? 0, false);
  return rule;
}

export function readEndpoint(view: DataView, at: number): Endpoint {
  return {
    address: formatAddress(readAddress(view, at + ENDPOINT.address)),
    port: view.getUint16(at + ENDPOINT.port, false),
  };
}

export function readSource(choice: DataView): SpreadSource {
  const address = readAddress(choice, ENDPOINT.address);
  const random = onesOf(readAddress(choice, CHOICE.randomBits));
  return { address: formatAddress(address), prefixLength: (isIPv4(address) ? 32 : 128) - random };
}

export function readRule(rule: DataView): DestinationRule {
  const address = readAddress(rule, RULE.address);
  const bits = onesOf(readAddress(rule, RULE.mask));
  const port = rule.getUint16(RULE.port, false);
  return {
    address: formatAddress(address),
    prefixLength: isIPv4(address) ? bits - IPV4_OFFSET : bits,
    port: port === 0 ? null : port,
  };
}

function onesOf(address: Address): number {
  return address.reduce((ones, word) => ones + (word.toString(2).match(/1/g)?.length ?? 0), 0);
}

/** Where sources follow each other, each one's number is its distance from the first. */
function writeRun(settings: DataView, sources: readonly SpreadSource[]): void {
  const [first] = sources;
  if (first === undefined || !sources.every(isOneAddress)) return;
  const start = parseAddress(first.address);
  const isRun = sources.every(({ address }, number) => isAt(start, number, parseAddress(address)));
  if (!isRun) return;
  settings.setUint32(SETTINGS.isRun, 1, true);
  writeAddress(settings, SETTINGS.firstChoice, start);
}

function isAt(start: Address, distance: number, address: Address): boolean {
  return sameAddress([start[0], start[1], start[2], start[3] + distance], address);
}

/** What a spread is limited to. */
export interface SpreadLimits {
  /** Of the network namespace whose connections are meant. */
  readonly netnsCookie: bigint;
  /** How long TIME_WAIT holds a slot at the most. */
  readonly heldTicks: number;
  readonly mostGroups: number;
}

/** As the map of that name has them. */
export function encodeSettings(spread: Spread, { netnsCookie, heldTicks, mostGroups }: SpreadLimits): DataView {
  const rules = rulesOf(spread);
  const settings = new DataView(new ArrayBuffer(SETTINGS.size));
  settings.setBigUint64(SETTINGS.netnsCookie, netnsCookie, true);
  settings.setUint32(SETTINGS.choices, (spread.kind === 'sources' ? spread.sources : spread.over).length, true);
  settings.setUint32(SETTINGS.rules, rules.length, true);
  settings.setUint32(SETTINGS.heldTicks, heldTicks, true);
  settings.setUint32(SETTINGS.mostGroups, mostGroups, true);
  settings.setUint16(SETTINGS.askedPort, commonPort(rules), false);
  settings.setUint16(SETTINGS.lanePort, commonPort(spread.kind === 'sources' ? rules : spread.over), false);
  if (spread.kind === 'sources') writeRun(settings, spread.sources);
  return settings;
}

export function encodeChoices(spread: Spread): DataView<ArrayBuffer>[] {
  return spread.kind === 'sources' ? spread.sources.map(sourceChoice) : spread.over.map(endpointChoice);
}

/** Which connections a spread is for. */
export function rulesOf(spread: Spread): readonly DestinationRule[] {
  return spread.kind === 'sources' ? spread.to : [exactRule(spread.from)];
}

/** The port that all have; 0 where they differ, or one has any. */
function commonPort(endpoints: readonly { readonly port: number | null }[]): number {
  const port = endpoints[0]?.port ?? 0;
  return endpoints.every((endpoint) => endpoint.port === port) ? port : 0;
}
