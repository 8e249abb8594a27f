import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach } from 'vitest';
import type { ListenConfig } from '../../src/agent/config/agent-config.ts';
import type { HttpEvent } from '../../src/agent/http/http-event.ts';
import { type HttpOptions, type HttpServer, startHttp } from '../../src/agent/http/start-http.ts';
import { FakeAgent } from './agent-view.ts';

/** An agent that is served over HTTP in this process. */
export interface ServedAgent extends HttpServer {
  readonly agent: FakeAgent;
  readonly port: number;
  readonly told: readonly HttpEvent[];
}

const LOOPBACK: ListenConfig = { host: '127.0.0.1', port: 0, token: null, isOpen: false, hostNames: [] };

/** @returns serves an agent, until the test ends */
export function servesAgents(): (
  config?: Partial<ListenConfig>,
  options?: Partial<HttpOptions<unknown>>,
) => Promise<ServedAgent> {
  const servers: HttpServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });
  return async (config = {}, options = {}) => {
    const agent = new FakeAgent();
    const told: HttpEvent[] = [];
    const tell = (event: HttpEvent): void => void told.push(event);
    const http = await startHttp(agent, { ...LOOPBACK, ...config }, { tell, webRoot: null, metrics: null, ...options });
    servers.push(http);
    return { ...http, agent, told, port: Number(new URL(http.url).port) };
  };
}

/** A connection to an agent, until it ends; it may be reset. */
export function connection(port: number, host = '127.0.0.1'): Socket {
  return connect({ port, host }).on('error', () => {});
}

/** Until the agent has ended a connection, whatever way. */
export function ended(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });
}

/** Sends bytes as they are, and reads all that comes until the agent ends the connection. */
export async function sendRaw(port: number, bytes: string | Buffer): Promise<string> {
  const socket = connection(port);
  socket.write(bytes);
  return text(socket).catch(() => '');
}

export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Asks with exactly these headers, and reads the answer. */
export async function ask(
  port: number,
  target: string,
  headers: readonly string[] = [],
  method = 'GET',
): Promise<RawAnswer> {
  const own = headers.some((one) => /^host:/i.test(one)) ? [] : [`Host: 127.0.0.1:${port}`];
  const head = [`${method} ${target} HTTP/1.1`, ...own, ...headers, 'Connection: close'];
  return parseAnswer(await sendRaw(port, `${head.join('\r\n')}\r\n\r\n`));
}

export function parseAnswer(raw: string): RawAnswer {
  const [head = '', ...rest] = raw.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { status: Number(first.split(' ')[1]), headers: new Map(headers), body: rest.join('\r\n\r\n') };
}

/** What a refusal says. */
export function errorOf({ body }: Pick<RawAnswer, 'body'>): { code: string; message: string; hint: string | null } {
  return (JSON.parse(body) as { error: { code: string; message: string; hint: string | null } }).error;
}
