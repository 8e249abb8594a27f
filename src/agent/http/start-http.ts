import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { AgentView } from '../agent-view.ts';
import type { ListenConfig } from '../config/agent-config.ts';
import { createApp } from './app.ts';
import { refuseBrokenRequest } from './broken-request.ts';
import { EventReaders } from './event-readers.ts';
import { examine, type Visit } from './guard.ts';
import { type HttpEvent, RareEvents } from './http-event.ts';
import { HTTP_LIMITS, type HttpLimits } from './http-limits.ts';
import { listen } from './listen.ts';
import { safeAddress } from './listen-address.ts';
import { readQuery } from './query.ts';
import { Refusal, unforeseen, writeRefusal } from './refusal.ts';
import type { MetricsSource } from './routes/metrics-route.ts';
import { pageRoute } from './routes/page-route.ts';
import { EVENTS_PATH, routesOf } from './routes/routes.ts';
import { SAFETY_HEADERS } from './safety-headers.ts';
import { TokenGate } from './token-gate.ts';
import { WebFiles } from './web-files.ts';
import { WrongTokens } from './wrong-tokens.ts';

export interface HttpOptions<Format> {
  readonly tell: (event: HttpEvent) => void;
  /** The folder of the built dashboard; null where there is none. */
  readonly webRoot: string | null;
  readonly metrics: MetricsSource<Format> | null;
  readonly limits?: Partial<HttpLimits>;
}

export interface HttpServer {
  /** Where to find it: `http://127.0.0.1:10404/`. */
  readonly url: string;
  /** Ends it within a second, whoever is connected. */
  close(): Promise<void>;
}

/**
 * Shows an agent to the outside. It can be read, and nothing can be changed.
 *
 * @throws FourtupleError where it would not be safe to listen there, or is not possible: see {@link safeAddress} and {@link listen}
 */
export async function startHttp<Format>(
  view: AgentView,
  config: ListenConfig,
  options: HttpOptions<Format>,
): Promise<HttpServer> {
  const limits = { ...HTTP_LIMITS, ...options.limits };
  const rare = new RareEvents(options.tell);
  const readers = new EventReaders(view, limits, rare);
  const address = await safeAddress(config);
  const server = boundedServer(limits, rare);
  answerRequests(server, { view, config, options, limits, rare, readers });
  await listen(server, address, config);
  // What goes wrong with a connection that is being accepted, say for want of file descriptors, ends no agent.
  server.on('error', (error) =>
    rare.happened('connections-refused', `a connection was not accepted: ${error.message}`),
  );
  return { url: urlOf(server), close: () => close(server, readers, rare, limits) };
}

function boundedServer(limits: HttpLimits, rare: RareEvents): Server {
  const server = createServer({
    maxHeaderSize: limits.headBytes,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: limits.checkMs,
    keepAliveTimeout: limits.keepAliveMs,
  });
  server.maxConnections = limits.connections;
  server.timeout = limits.idleMs;
  server.on('drop', () => rare.happened('connections-refused', `more than ${limits.connections} connections at once`));
  server.on('clientError', (error, socket) => refuseBrokenRequest(error, socket as Socket));
  return server;
}

interface Answering<Format> {
  readonly view: AgentView;
  readonly config: ListenConfig;
  readonly options: HttpOptions<Format>;
  readonly limits: HttpLimits;
  readonly rare: RareEvents;
  readonly readers: EventReaders;
}

function answerRequests<Format>(server: Server, answering: Answering<Format>): void {
  const { view, config, options, limits, rare, readers } = answering;
  const tellWrong = (): void => rare.happened('tokens-wrong', 'somebody has shown a wrong token');
  const gate = config.token === null ? null : new TokenGate(config.token, new WrongTokens(), tellWrong);
  const failed = (path: string, error: unknown): void => {
    const reason = error instanceof Error ? error.message : String(error);
    rare.happened('request-failed', `${path} could not be answered: ${reason}`);
  };
  const page = pageRoute(new WebFiles(options.webRoot));
  const app = createApp(routesOf(view, options.metrics), page, failed);
  const visits = new WeakMap<IncomingMessage, Visit>();
  const answerByApp = getRequestListener(
    (request, { incoming }) => app.fetch(request, { visit: visits.get(incoming as IncomingMessage) as Visit }),
    // The rest of the program keeps Node's own Request and Response.
    { overrideGlobalObjects: false },
  );
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const visit = examine(incoming, config, gate, limits);
    if (visit.path === EVENTS_PATH) {
      readQuery({}, visit.query);
      readers.add(outgoing);
      return;
    }
    visits.set(incoming, visit);
    await answerByApp(incoming, outgoing);
  };
  const answerSafely = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    if (!isOnlyRequest(incoming.socket, outgoing)) return;
    for (const [name, value] of Object.entries(SAFETY_HEADERS)) outgoing.setHeader(name, value);
    answer(incoming, outgoing).catch((error: unknown) => {
      if (!(error instanceof Refusal)) failed(incoming.url ?? '', error);
      if (outgoing.headersSent) outgoing.destroy();
      else writeRefusal(outgoing, error instanceof Refusal ? error : unforeseen());
    });
  };
  server.on('request', answerSafely);
  // A request that asks first whether it may send its body is refused like one that sends it at once.
  server.on('checkContinue', answerSafely);
}

const answered = new WeakSet<Socket>();

/**
 * Whether no other request of the connection is being answered. Requests that are sent without waiting for answers would
 * let one connection ask for any amount of them: no browser and no Prometheus does that, and it ends the connection.
 */
function isOnlyRequest(socket: Socket, outgoing: ServerResponse): boolean {
  if (answered.has(socket)) {
    socket.destroy();
    return false;
  }
  answered.add(socket);
  outgoing.once('close', () => answered.delete(socket));
  return true;
}

function urlOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}/`;
}

async function close(server: Server, readers: EventReaders, rare: RareEvents, limits: HttpLimits): Promise<void> {
  const closed = server.listening ? once(server, 'close') : Promise.resolve();
  server.close();
  readers.end();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), limits.closeMs);
  await closed;
  clearTimeout(timer);
  rare.flush();
}
