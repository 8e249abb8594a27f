import type { Instruction } from '../instruction.ts';
import { anotherAddress, bracketed, type Destination, destinationOf, endpointText, type LaneEnds } from './ends.ts';

/**
 * Keeps connections to the server. `http-reuse always`: with `safe`, the default since 1.9, and with `aggressive` each
 * client that asks once opens a connection of its own (measured with 2.6: 200 requests of clients that ask once, 4 at a
 * time, open 200, 200 and 4).
 */
export function keepConnections(lane: LaneEnds): Instruction {
  return haproxy(
    [
      section('frontend FRONTEND', ['mode http', 'option http-keep-alive', 'default_backend BACKEND']),
      section('backend BACKEND', [
        'mode http',
        'option http-keep-alive',
        'http-reuse always',
        server('SERVER', destinationOf(lane), 'pool-purge-delay 60s'),
      ]),
    ],
    'For 1.9 and later, in place of option httpclose and http-server-close on both sides; in mode tcp it cannot keep any, and where backends often close idle connections early, http-reuse safe loses no request.',
  );
}

/** Gives up a connection that is not answered. */
export function connectTimeout(seconds: number): Instruction {
  return haproxy(
    [section('backend BACKEND', [`timeout connect ${seconds}s`])],
    'Each of the retries (3) opens a connection of its own, and holds its slot for as long.',
  );
}

/** Spreads connections over two source addresses: a server line for each. */
export function spreadOverSources(lane: LaneEnds): Instruction {
  const sources = [lane.source, anotherAddress(lane.source)];
  const lines = sources.map((source, index) =>
    server(`SERVER-${index + 1}`, destinationOf(lane), `source ${bracketed(source)}`),
  );
  return haproxy(
    [section('backend BACKEND', lines)],
    'The same server, once for each source address; health checks and maxconn then count for each line.',
  );
}

/** Spreads connections over servers. */
export function spreadOverDestinations(destinations: readonly Destination[]): Instruction {
  const lines = destinations.map((destination, index) => server(`SERVER-${index + 1}`, destination));
  return haproxy([section('backend BACKEND', lines)], 'The backend must listen there too; they are taken in turn.');
}

/** Binds to a source address without a port. */
export function bindWithoutPort(lane: LaneEnds): Instruction {
  return haproxy(
    [section('backend BACKEND', [server('SERVER', destinationOf(lane), `source ${bracketed(lane.source)}`)])],
    'HAProxy 1.7 and later bind without a port where the source has none: take its port range out.',
  );
}

/**
 * Lets the server close: HAProxy asks it to (`Connection: close`), and resets what it has to close itself. Neither leaves
 * TIME_WAIT at HAProxy (measured with 2.6).
 */
export function closeFromOtherEnd(lane: LaneEnds): Instruction {
  return haproxy(
    [
      section('frontend FRONTEND', ['mode http', 'default_backend BACKEND']),
      section('backend BACKEND', ['mode http', 'option http-server-close', server('SERVER', destinationOf(lane))]),
    ],
    'For HTTP only: in mode tcp HAProxy closes towards the server whenever its client has closed first, and option nolinger, which resets then, may lose data.',
  );
}

function server(name: string, destination: Destination, more = ''): string {
  return `server ${name} ${endpointText(destination)} ${more}`.trimEnd();
}

function section(head: string, lines: readonly string[]): string {
  return [head, ...lines.map((line) => `    ${line}`)].join('\n');
}

function haproxy(sections: readonly string[], note: string): Instruction {
  return { where: 'haproxy', text: sections.join('\n'), note };
}
