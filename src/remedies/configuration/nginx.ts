import type { Instruction } from '../instruction.ts';
import { isVersionAtLeast } from '../program-version.ts';
import { anotherAddress, type Destination, destinationOf, endpointText, type LaneEnds } from './ends.ts';

/** From here on upstream blocks keep 32 connections, by HTTP/1.1 (ngx_http_upstream_keepalive_init()). */
const KEEPS_BY_DEFAULT = [1, 29, 7];
/** From here on addresses are bound with IP_BIND_ADDRESS_NO_PORT (nginx's CHANGES). */
const BINDS_WITHOUT_PORT = [1, 11, 4];

/**
 * Keeps connections to the backend (ngx_http_upstream_module).
 *
 * @param idle how many connections each worker keeps while they are idle
 * @param version null where not known: what it says then works with each
 */
export function keepConnections(lane: LaneEnds, idle: number, version: string | null): Instruction {
  const keepsByDefault = isVersionAtLeast(version, KEEPS_BY_DEFAULT) === true;
  const location = ['proxy_pass http://kept;'];
  if (!keepsByDefault) location.push('proxy_http_version 1.1;', 'proxy_set_header Connection "";');
  return nginx(
    [upstream('kept', [destinationOf(lane)], [`keepalive ${idle};`]), serverWith(location)],
    keepsByDefault
      ? 'Since 1.29.7 an upstream block keeps 32 connections of each worker without being told; a proxy_pass that names the backend itself keeps none, nor does one with proxy_http_version 1.0 or a Connection header of its own.'
      : 'Before 1.29.7 nginx keeps connections only with all of these lines; keepalive counts the idle ones of each worker.',
  );
}

/** Gives up a connection that is not answered: 60 s where nothing is said. */
export function connectTimeout(seconds: number): Instruction {
  return nginx([`proxy_connect_timeout ${seconds}s;`], 'In http, server or location; 60 s where nothing is said.');
}

/** Spreads connections over two source addresses (ngx_http_split_clients_module). */
export function spreadOverSources({ source }: LaneEnds): Instruction {
  return nginx(
    [
      block('split_clients "$remote_addr$remote_port" $source', [`50% ${source};`, `*   ${anotherAddress(source)};`]),
      serverWith(['proxy_bind $source;']),
    ],
    'proxy_bind belongs beside the proxy_pass; since 1.11.4 a source address costs no port of other destinations.',
  );
}

/** Spreads connections over backends. */
export function spreadOverDestinations(destinations: readonly Destination[]): Instruction {
  return nginx(
    [upstream('spread', destinations), serverWith(['proxy_pass http://spread;'])],
    'The backend must listen there too; they are taken in turn.',
  );
}

/** Binds to a source address without a port. */
export function bindWithoutPort({ source }: LaneEnds): Instruction {
  return nginx(
    [`proxy_bind ${source};`],
    `nginx ${BINDS_WITHOUT_PORT.join('.')} and later bind without a port where none is given: upgrade an older one, and take a port or $remote_port out.`,
  );
}

function upstream(name: string, destinations: readonly Destination[], more: readonly string[] = []): string {
  return block(`upstream ${name}`, [
    ...destinations.map((destination) => `server ${endpointText(destination)};`),
    ...more,
  ]);
}

function serverWith(location: readonly string[]): string {
  return block('server', [block('location /', location)]);
}

function block(head: string, lines: readonly string[]): string {
  const inner = lines.flatMap((line) => line.split('\n')).map((line) => `    ${line}`);
  return [`${head} {`, ...inner, '}'].join('\n');
}

function nginx(parts: readonly string[], note: string): Instruction {
  return { where: 'nginx', text: parts.join('\n'), note };
}
