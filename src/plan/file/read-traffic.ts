import { isMap, type Node } from 'yaml';
import { formatCount } from '../../tcp/number-text.ts';
import type { Gateway } from '../gateway.ts';
import { mostKept } from '../pools.ts';
import { DEFAULT_TRAFFIC, type HoldDistribution, requestsUnsaid, type Tier, type Traffic } from '../topology.ts';
import { Fields } from './fields.ts';
import { quote } from './problems.ts';
import { readGateway } from './read-gateway.ts';
import type { Hosts } from './read-hosts.ts';
import { readLaneChoice } from './read-lane-choice.ts';
import { readPattern } from './read-pattern.ts';
import { DEVIATION, KEPT, RATE, REQUESTS, RETRIES, SECONDS, wordOf } from './values.ts';
import type { Kind, YamlFile } from './yaml-file.ts';

/** One entry of `traffic`. */
export interface Link {
  readonly from: Hosts;
  readonly to: Hosts;
  readonly via: Gateway | null;
  /** null where nothing is said of it. */
  readonly traffic: Traffic | null;
}

const TRAFFIC_KEYS = [
  ...['rate', 'pattern', 'requestsPerConnection', 'hold', 'distribution', 'closes'],
  ...['roundTrip', 'keep', 'lanes', 'retries'],
];
const KEYS = ['from', 'to', ...TRAFFIC_KEYS, 'via'];

/** Reads the entries of `traffic`; those that are wrong are reported and left out. */
export function readLinks(file: YamlFile, items: readonly Node[], tiers: readonly Hosts[]): Link[] {
  const lines = new Map<string, number>();
  const links: Link[] = [];
  const hosts = hostsOf(tiers);
  for (const item of items) {
    const fields = new Fields(file, item, 'an entry of traffic', KEYS);
    const link = readLink(file, fields, hosts);
    if (link === undefined) continue;
    const ends = `${link.from.name} → ${link.to.name}`;
    const line = lines.get(ends);
    if (line !== undefined) {
      const message = `traffic from ${quote(link.from.name)} to ${quote(link.to.name)} stands in line ${line} already, other tiers were expected`;
      file.problems.report(fields.offset, message);
      continue;
    }
    lines.set(ends, file.problems.lineOf(fields.offset));
    links.push(link);
  }
  return links;
}

function readLink(file: YamlFile, fields: Fields, hosts: Kind<Hosts>): Link | undefined {
  const [from, to] = [fields.require('from', hosts), fields.require('to', hosts)];
  const traffic = readTraffic(file, fields, from?.sourceAddresses ?? 1);
  const via = readGateway(file, fields, from?.replicas ?? 1);
  if (from === undefined || to === undefined) return undefined;
  if (from !== to) {
    const link = { from, to, via, traffic };
    checkKept(file, fields, tierOf(link));
    return link;
  }
  file.problems.report(fields.offsetOf('to'), `to is ${quote(to.name)}, another tier than from was expected`);
  return undefined;
}

function hostsOf(tiers: readonly Hosts[]): Kind<Hosts> {
  const byName = new Map(tiers.map((hosts) => [hosts.name, hosts]));
  const names = tiers.slice(0, 5).map(({ name }) => name);
  const more = tiers.length > names.length ? ' and so on' : '';
  return { expected: `the name of a tier (${names.join(', ')}${more})`, read: (text) => byName.get(text) };
}

/** @param addresses that each host connects from, over which it spreads the connections that it keeps */
function readTraffic(file: YamlFile, fields: Fields, addresses: number): Traffic | null {
  if (!TRAFFIC_KEYS.some((key) => fields.has(key))) return null;
  const unsaid = DEFAULT_TRAFFIC;
  const kept = fields.read('keep', KEPT, 0);
  return {
    requestsPerSecond: fields.read('rate', RATE, 0),
    pattern: readPattern(file, fields),
    requestsPerConnection: fields.read('requestsPerConnection', REQUESTS, requestsUnsaid(kept)),
    holdSeconds: fields.read('hold', SECONDS, unsaid.holdSeconds),
    hold: readDistribution(file, fields),
    closes: fields.read('closes', wordOf(['client', 'server']), 'client') === 'client' ? 'from' : 'to',
    roundTripSeconds: fields.read('roundTrip', SECONDS, unsaid.roundTripSeconds),
    keptPerLane: kept / addresses,
    laneChoice: readLaneChoice(file, fields),
    retries: fields.read('retries', RETRIES, unsaid.retries),
  };
}

/** Where kept connections hold all slots none is left for the others. */
function checkKept(file: YamlFile, fields: Fields, tier: Tier): void {
  const kept = tier.traffic?.keptPerLane ?? 0;
  if (kept === 0) return;
  const [most, { addresses }] = [mostKept(tier), tier.from];
  if (kept < most / addresses) return;
  const expected = `less than ${formatCount(most)} (the slots of a host to one destination)`;
  file.problems.report(fields.offsetOf('keep'), `keep is ${formatCount(kept * addresses)}, ${expected} was expected`);
}

/** The tier that an entry makes. */
export function tierOf({ from, to, via, traffic }: Link): Tier {
  return {
    name: `${from.name} → ${to.name}`,
    from: { name: from.name, hosts: from.replicas, addresses: from.sourceAddresses },
    to: { name: to.name, hosts: to.replicas, addresses: to.addresses, ports: to.ports },
    via,
    settings: from.settings,
    traffic,
  };
}

function readDistribution(file: YamlFile, fields: Fields): HoldDistribution {
  const value = fields.value('distribution');
  if (isMap(value)) {
    const parameters = new Fields(file, value, 'a distribution with parameters', ['log-normal']);
    return { kind: 'log-normal', deviation: parameters.require('log-normal', DEVIATION) ?? 1 };
  }
  return fields.read('distribution', DISTRIBUTION, DEFAULT_TRAFFIC.hold);
}

const DISTRIBUTION: Kind<HoldDistribution> = {
  expected: 'constant, exponential or { log-normal: 0.8 }',
  read: (text) => (text === 'constant' || text === 'exponential' ? { kind: text } : undefined),
};
