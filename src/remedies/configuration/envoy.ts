import type { Instruction } from '../instruction.ts';
import { anotherAddress, type Destination, type LaneEnds } from './ends.ts';

/** Envoy's pull request 45916, merged in July 2026: `upstream_bind_config_fix_port_exhaustion`. */
const BIND_NOTE =
  'Envoy needs the socket option IP_BIND_ADDRESS_NO_PORT (24) to be told; those built since July 2026 set it by themselves.';

const OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

/**
 * Keeps connections to the cluster: Envoy's HTTP pools do, unless told otherwise.
 *
 * @param most how many connections there may be at once: 1,024 where nothing is said
 */
export function keepConnections(most: number): Instruction {
  return envoy(
    [
      'clusters:',
      '- name: CLUSTER',
      '  circuit_breakers:',
      '    thresholds:',
      `    - max_connections: ${most}`,
      '  typed_extension_protocol_options:',
      `    ${OPTIONS}:`,
      `      "@type": type.googleapis.com/${OPTIONS}`,
      '      common_http_protocol_options:',
      '        idle_timeout: 60s',
      '      explicit_http_config:',
      '        http_protocol_options: {}',
    ],
    'Envoy keeps the connections of a cluster unless max_requests_per_connection is set: take it out; a TCP proxy keeps none, and http2_protocol_options in place of http_protocol_options needs one only, where the backend speaks HTTP/2.',
  );
}

/** Gives up a connection that is not answered. */
export function connectTimeout(seconds: number): Instruction {
  return envoy(['clusters:', '- name: CLUSTER', `  connect_timeout: ${seconds}s`], '5 s where nothing is said.');
}

/** Spreads connections over two source addresses: a cluster for each, weighted by the route. */
export function spreadOverSources(lane: LaneEnds): Instruction {
  const sources = [lane.source, anotherAddress(lane.source)];
  const names = sources.map((_, index) => `CLUSTER_${index + 1}`);
  return envoy(
    [
      'route:',
      '  weighted_clusters:',
      '    clusters:',
      ...names.map((name) => `    - { name: ${name}, weight: 50 }`),
      'clusters:',
      ...sources.flatMap((source, index) => [`- name: ${names[index]}`, ...boundTo(source)]),
    ],
    'Both clusters have the same endpoints; extra_source_addresses does not spread: it takes one address, of the other IP family.',
  );
}

/** Spreads connections over endpoints. */
export function spreadOverDestinations(destinations: readonly Destination[]): Instruction {
  return envoy(
    [
      'clusters:',
      '- name: CLUSTER',
      '  load_assignment:',
      '    cluster_name: CLUSTER',
      '    endpoints:',
      '    - lb_endpoints:',
      ...destinations.flatMap(({ address, port }) => [
        '      - endpoint:',
        '          address:',
        `            socket_address: { address: "${address}", port_value: ${port} }`,
      ]),
    ],
    'The backend must listen there too; they are taken in turn.',
  );
}

/** Binds to a source address without a port. */
export function bindWithoutPort({ source }: LaneEnds): Instruction {
  return envoy(['clusters:', '- name: CLUSTER', ...boundTo(source)], BIND_NOTE);
}

function boundTo(source: string): string[] {
  return [
    '  upstream_bind_config:',
    `    source_address: { address: "${source}", port_value: 0 }`,
    '    socket_options:',
    '    - { description: IP_BIND_ADDRESS_NO_PORT, level: 0, name: 24, int_value: 1, state: STATE_PREBIND }',
  ];
}

function envoy(lines: readonly string[], note: string): Instruction {
  return { where: 'envoy', text: lines.join('\n'), note };
}
