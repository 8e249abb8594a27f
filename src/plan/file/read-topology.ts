import type { Topology } from '../topology.ts';
import { Fields } from './fields.ts';
import { type Hosts, readAllHosts } from './read-hosts.ts';
import { type Link, readLinks, tierOf } from './read-traffic.ts';
import { YamlFile } from './yaml-file.ts';

/**
 * Reads a topology from YAML. A complete example is test/fixtures/topologies/every-key.yaml.
 *
 * `tiers` lists the hosts in the order in which traffic passes them, two entries or more. Each has:
 * - `name`, which must be there;
 * - `replicas`: how many hosts (1);
 * - `addresses` of each host (1), `sourceAddresses` where it connects from another number of them, and the `ports` of each
 *   address that others connect to (1);
 * - `range` (32768-60999), `reserved` and `listening` ports (none): `8080,9000-9003`, or a list of such;
 * - `boundBeforeConnect`: true or false (false);
 * - `timeWait` (60s), and `reuse`: how old a TIME_WAIT slot must be to be taken over, or false (false).
 *
 * `traffic` may list what passes between two tiers, at most once for each two. Each entry has:
 * - `from` and `to`, names of tiers, which must be there;
 * - `rate` of requests (0), and their `pattern`: constant, poisson, { bursts: so many at once } or { day: shares of the rate
 *   at equal steps from midnight on } (poisson);
 * - `requestsPerConnection` (1), `hold`: how long a connection lives on average (0s), its `distribution`: constant,
 *   exponential, or { log-normal: standard deviation of the logarithm } (exponential), which end `closes` first: client or
 *   server (client), and the `roundTrip` time of the network (0s);
 * - `keep`: the connections that each host keeps open to each destination (0). Where it is above 0, `hold` is how long a
 *   request takes, and `requestsPerConnection` is how many a kept connection carries (without end);
 * - `lanes`: how the lane of a connection is chosen: random, round-robin, least-used or { hash: so many keys } (random), and
 *   `retries` of a refused one (0). An entry without any of these keys asks for slots only;
 * - `via`: the id of a gateway, or { gateway, addresses, portsPerHost, timeWait }.
 *
 * A tier that no entry goes to is connected to by the tier before it, for slots only, unless an entry goes from it to
 * that one.
 *
 * @param text as decoded from UTF-8, with U+FFFD where that failed
 * @param name of the file, for messages
 * @throws FourtupleError FT_TOPOLOGY with up to ten mistakes, a line each, naming line, column and what was expected;
 *   unknown keys are errors too
 */
export function readTopology(text: string, name: string): Topology {
  const file = new YamlFile(text, name);
  const fields = new Fields(file, file.root, 'a topology', ['tiers', 'traffic']);
  const items = fields.requireList('tiers', 'a list of two tiers or more');
  const hosts = items && readAllHosts(file, items);
  if (items !== undefined && items.length < 2) {
    file.problems.report(fields.offsetOf('tiers'), `tiers has ${items.length}, two tiers or more were expected`);
  }
  const links =
    hosts && fields.has('traffic') ? fields.requireList('traffic', 'a list of what passes between tiers') : [];
  const read = hosts && links ? readLinks(file, links, hosts) : [];
  file.problems.throwIfAny();
  return { tiers: connect(hosts as Hosts[], read).map(tierOf) };
}

/** In the order of the tiers that connect, then of those that are connected to. */
function connect(hosts: readonly Hosts[], given: readonly Link[]): Link[] {
  const reached = new Set(given.map(({ to }) => to));
  const reversed = new Set(given.map(({ from, to }) => `${to.name} → ${from.name}`));
  const assumed = hosts.slice(1).flatMap((to, index): Link[] => {
    const from = hosts[index] as Hosts;
    if (reached.has(to) || reversed.has(`${from.name} → ${to.name}`)) return [];
    return [{ from, to, via: null, traffic: null }];
  });
  const places = new Map(hosts.map((host, place) => [host, place]));
  const placeOf = (host: Hosts): number => places.get(host) as number;
  return [...given, ...assumed].sort((a, b) => placeOf(a.from) - placeOf(b.from) || placeOf(a.to) - placeOf(b.to));
}
