import { isMap, type Node } from 'yaml';
import { FourtupleError } from '../../tcp/error.ts';
import type { Gateway, GatewayKind, GatewayUse } from '../gateway.ts';
import { findGateway, GATEWAYS } from '../gateways/gateways.ts';
import { DEFAULT_TRAFFIC, type HoldDistribution, type Traffic } from '../topology.ts';
import { Fields } from './fields.ts';
import { quote } from './problems.ts';
import type { Hosts } from './read-hosts.ts';
import { COUNT, DEVIATION, RATE, REQUESTS, SECONDS, wordOf } from './values.ts';
import type { Kind, YamlFile } from './yaml-file.ts';

/** One entry of `traffic`. */
export interface Link {
  readonly from: Hosts;
  readonly to: Hosts;
  readonly via: Gateway | null;
  /** null where nothing is said of it. */
  readonly traffic: Traffic | null;
}

const TRAFFIC_KEYS = ['rate', 'requestsPerConnection', 'hold', 'distribution', 'closes'];
const KEYS = ['from', 'to', ...TRAFFIC_KEYS, 'via'];
const GATEWAY_KEYS = ['gateway', 'addresses', 'portsPerHost', 'timeWait'];

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
  const traffic = readTraffic(file, fields);
  const via = readGateway(file, fields, from?.replicas ?? 1);
  if (from === undefined || to === undefined) return undefined;
  if (from !== to) return { from, to, via, traffic };
  file.problems.report(fields.offsetOf('to'), `to is ${quote(to.name)}, another tier than from was expected`);
  return undefined;
}

function hostsOf(tiers: readonly Hosts[]): Kind<Hosts> {
  const byName = new Map(tiers.map((hosts) => [hosts.name, hosts]));
  const names = tiers.slice(0, 5).map(({ name }) => name);
  const more = tiers.length > names.length ? ' and so on' : '';
  return { expected: `the name of a tier (${names.join(', ')}${more})`, read: (text) => byName.get(text) };
}

function readTraffic(file: YamlFile, fields: Fields): Traffic | null {
  if (!TRAFFIC_KEYS.some((key) => fields.has(key))) return null;
  const unsaid = DEFAULT_TRAFFIC;
  return {
    ...unsaid,
    requestsPerSecond: fields.read('rate', RATE, 0),
    requestsPerConnection: fields.read('requestsPerConnection', REQUESTS, unsaid.requestsPerConnection),
    holdSeconds: fields.read('hold', SECONDS, unsaid.holdSeconds),
    hold: readDistribution(file, fields),
    closes: fields.read('closes', wordOf(['client', 'server']), 'client') === 'client' ? 'from' : 'to',
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

const GATEWAY: Kind<GatewayKind> = {
  expected: `one of ${GATEWAYS.map(({ id }) => id).join(', ')}`,
  read: findGateway,
};

/** `aws-nat-gateway`, or a mapping with what is set for it. */
function readGateway(file: YamlFile, fields: Fields, hosts: number): Gateway | null {
  if (!fields.has('via')) return null;
  const value = fields.value('via');
  if (!isMap(value)) return resolveGateway(file, fields, fields.require('via', GATEWAY), { hosts });
  const settings = new Fields(file, value, 'a gateway', GATEWAY_KEYS);
  return resolveGateway(file, fields, settings.require('gateway', GATEWAY), {
    hosts,
    addresses: settings.read('addresses', COUNT, undefined),
    portsPerHost: settings.read('portsPerHost', COUNT, undefined),
    timeWaitSeconds: settings.read('timeWait', SECONDS, undefined),
  });
}

function resolveGateway(
  file: YamlFile,
  fields: Fields,
  kind: GatewayKind | undefined,
  use: GatewayUse,
): Gateway | null {
  try {
    return kind?.resolve(use) ?? null;
  } catch (error) {
    if (!(error instanceof FourtupleError)) throw error;
    const hint = error.hint === undefined ? '' : `: ${error.hint}`;
    file.problems.report(fields.offsetOf('via'), `${error.message}${hint}`);
    return null;
  }
}
