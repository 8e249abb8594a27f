import type { Instruction } from '../instruction.ts';
import { anotherAddress, type Destination, destinationOf, endpointText, type LaneEnds } from './ends.ts';

/** What http.Agent keeps idle for each destination where nothing is said. */
const DEFAULT_FREE_SOCKETS = 256;
const HTTP = "import http from 'node:http';";

/**
 * Keeps connections to the server.
 *
 * @param idle how many connections are kept while they are idle
 */
export function keepConnections(lane: LaneEnds, idle: number): Instruction {
  return node(
    [
      HTTP,
      `const agent = new http.Agent({ keepAlive: true, maxFreeSockets: ${Math.max(idle, DEFAULT_FREE_SOCKETS)} });`,
      `http.get('${urlOf(destinationOf(lane))}', { agent }, (response) => response.resume());`,
    ],
    'One agent for all requests, whose responses are read to their end; without an agent Node keeps connections since version 19, and fetch() does, for some seconds each: undici has Agent({ connections, keepAliveTimeout }).',
  );
}

/** Gives up a connection that is not answered. */
export function connectTimeout(lane: LaneEnds, seconds: number): Instruction {
  return node(
    [
      HTTP,
      `const request = http.get('${urlOf(destinationOf(lane))}', (response) => response.resume());`,
      "request.on('error', console.error);",
      "request.once('socket', (socket) => {",
      '  if (!socket.connecting) return;',
      `  const timer = setTimeout(() => socket.destroy(new Error('connect timed out')), ${seconds * 1_000});`,
      "  socket.once('connect', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));",
      '});',
    ],
    'http waits for as long as the kernel tries; fetch() gives up after 10 s, and undici has Agent({ connect: { timeout } }).',
  );
}

/** Spreads connections over two source addresses: an agent for each. */
export function spreadOverSources(lane: LaneEnds): Instruction {
  const sources = [lane.source, anotherAddress(lane.source)];
  return node(
    [
      HTTP,
      `const sources = [${sources.map(quoted).join(', ')}];`,
      'const agents = sources.map((localAddress) => new http.Agent({ keepAlive: true, localAddress }));',
      'let turn = 0;',
      'const agent = agents[turn++ % agents.length];',
      `http.get('${urlOf(destinationOf(lane))}', { agent }, (response) => response.resume());`,
    ],
    'Node binds to localAddress before it connects: all its destinations share the ports of one source address, and no program that does not bind gets them.',
  );
}

/** Spreads connections over destinations. */
export function spreadOverDestinations(destinations: readonly Destination[]): Instruction {
  return node(
    [
      HTTP,
      `const servers = [${destinations.map((destination) => quoted(endpointText(destination))).join(', ')}];`,
      'let turn = 0;',
      'const server = servers[turn++ % servers.length];',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text of a program
      'http.get(`http://${server}/PATH`, (response) => response.resume());',
    ],
    'The backend must listen there too; take the next one for each request.',
  );
}

/** Connects without binding. */
export function connectWithoutBind(lane: LaneEnds): Instruction {
  const { address, port } = destinationOf(lane);
  return node(
    ["import net from 'node:net';", `const socket = net.connect({ host: ${quoted(address)}, port: ${port} });`],
    `Without localAddress, to which Node binds before it connects; a route chooses the source: ip route change NETWORK via GATEWAY src ${lane.source}.`,
  );
}

/** Lets the server close. */
export function closeFromOtherEnd(lane: LaneEnds): Instruction {
  const { address, port } = destinationOf(lane);
  return node(
    [
      "import net from 'node:net';",
      `const socket = net.connect({ host: ${quoted(address)}, port: ${port} });`,
      "socket.on('data', (data) => {",
      '  // neither end() nor destroy(): when the server has closed, Node closes too',
      '});',
    ],
    'For protocols in which the server can close first; http closes by itself when a response is complete, so keep its connections instead.',
  );
}

function urlOf(destination: Destination): string {
  return `http://${endpointText(destination)}/PATH`;
}

function quoted(text: string): string {
  return `'${text}'`;
}

function node(lines: readonly string[], note: string): Instruction {
  return { where: 'node', text: lines.join('\n'), note };
}
