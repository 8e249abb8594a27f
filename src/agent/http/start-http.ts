import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { AgentView } from '../agent-view.ts';
import type { ListenConfig } from '../config/agent-config.ts';
import { refuseBrokenRequest } from './broken-request.ts';
import { EventReaders } from './event-readers.ts';
import { type HttpEvent, RareEvents } from './http-event.ts';
import { HTTP_LIMITS, type HttpLimits } from './http-limits.ts';
import { listen } from './listen.ts';
import { safeAddress } from './listen-address.ts';
import { requestHandler } from './request-handler.ts';
import type { MetricsSource } from './routes/metrics-route.ts';

export interface HttpOptions<Format> {
  /** Is told of each kind of event once a minute at most. */
  readonly tell: (event: HttpEvent) => void;
  /** The folder of the built dashboard; null where there is none. */
  readonly webRoot: string | null;
  readonly metrics: MetricsSource<Format> | null;
  /** Other limits than {@link HTTP_LIMITS}: for tests, which have no time. */
  readonly limits?: Partial<HttpLimits>;
}

export interface HttpServer {
  /** Where it is found: `http://127.0.0.1:10404/`. */
  readonly url: string;
  /** Ends it within a second, whoever is connected. */
  close(): Promise<void>;
}

/**
 * Shows an agent to the outside. It can be read, and nothing can be changed.
 *
 * @throws FourtupleError where it would not be safe to listen there, or is not possible: see {@link safeAddress}, {@link listen}
 */
export async function startHttp<Format>(
  view: AgentView,
  config: ListenConfig,
  options: HttpOptions<Format>,
): Promise<HttpServer> {
  const limits = { ...HTTP_LIMITS, ...options.limits };
  const address = await safeAddress(config);
  const rare = new RareEvents(options.tell);
  const readers = new EventReaders(view, limits, rare);
  const server = boundedServer(limits, rare);
  const handler = requestHandler({ ...options, view, config, limits, rare, readers });
  server.on('request', handler);
  // A request that asks first whether it may send its body is refused like one that sends it at once.
  server.on('checkContinue', handler);
  await listen(server, address, config);
  // That a connection could not be accepted, say for want of file descriptors, ends no agent.
  server.on('error', ({ message }) => rare.happened('connections-refused', `a connection was refused: ${message}`));
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
  server.on('drop', () => {
    rare.happened('connections-refused', `a connection was refused: there are ${limits.connections} already`);
  });
  server.on('clientError', (error, socket) => refuseBrokenRequest(error, socket as Socket));
  return server;
}

function urlOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}/`;
}

async function close(server: Server, readers: EventReaders, rare: RareEvents, limits: HttpLimits): Promise<void> {
  if (server.listening) {
    const closed = once(server, 'close');
    server.close();
    readers.end();
    server.closeIdleConnections();
    const timer = setTimeout(() => server.closeAllConnections(), limits.closeMs);
    await closed;
    clearTimeout(timer);
  }
  rare.flush();
}
