import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Findings } from '../../src/agent/agent-view.ts';
import type { HistorySpan, LaneSeries } from '../../src/agent/history/history.ts';
import type { PortMap } from '../../src/agent/port-map.ts';
import type { LaneName, Sample } from '../../src/agent/sample.ts';
import type { Report } from '../../src/diagnosis/report.ts';

const PAGE = fileURLToPath(new URL('../../dist/web/', import.meta.url));
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

/** What a fake agent remembers. */
export interface FakeHistory {
  span(): HistorySpan | null;
  at(atMs: number): Report | null;
  series(lane: Omit<LaneName, 'device'>, sinceMs: number, untilMs: number): readonly LaneSeries[];
}

/** Serves the built dashboard, and the JSON that a test gives it, as strictly as the agent does. */
export class FakeAgent {
  sample: Sample | null = null;
  findings: Findings | null = null;
  ports: (lane: LaneName) => PortMap | null = () => null;
  history: FakeHistory | null = null;
  /** What a reader must show; null: nothing. */
  token: string | null = null;
  /** What every request for JSON is answered with; null: with what it asks for. */
  refusal: { readonly status: number; readonly message: string; readonly hint: string } | null = null;
  readonly #server: Server;
  readonly #readers = new Set<ServerResponse>();

  private constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /** @param port 0 for one that is free */
  static async start(port = 0): Promise<FakeAgent> {
    const agent = new FakeAgent();
    await new Promise<void>((resolve, reject) => {
      agent.#server.once('error', reject);
      agent.#server.listen(port, '127.0.0.1', resolve);
    });
    return agent;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  /** How many dashboards read its events. */
  get readers(): number {
    return this.#readers.size;
  }

  send(sample: Sample): void {
    this.sample = sample;
    this.#tell('sample', sample);
  }

  sendFindings(findings: Findings): void {
    this.findings = findings;
    this.#tell('findings', findings);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #tell(name: string, data: unknown): void {
    for (const reader of this.#readers) reader.write(event(name, data));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://fake');
    response.setHeader('content-security-policy', POLICY);
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('cache-control', 'no-store');
    if (!pathname.startsWith('/api/')) sendFile(pathname, response);
    else if (pathname === '/api/events' && this.#refuse(request) === null) this.#sendEvents(response);
    else sendJson(response, this.#refuse(request) ?? this.#read(pathname, searchParams));
  }

  #refuse({ headers }: IncomingMessage): Answer | null {
    if (this.refusal !== null) return failed(this.refusal.status, this.refusal.message, this.refusal.hint);
    if (this.token === null || headers.authorization === `Bearer ${this.token}`) return null;
    return failed(401, 'This agent answers only who shows its token.', 'It is in its configuration.');
  }

  #read(pathname: string, query: URLSearchParams): Answer {
    if (pathname === '/api/ports') return found(this.ports(laneOf(query)));
    if (pathname === '/api/history') return this.#readHistory(query);
    return failed(404, `There is no ${pathname}.`, '');
  }

  #readHistory(query: URLSearchParams): Answer {
    if (this.history === null) return failed(404, 'No history is kept.', 'Start the agent with --history.');
    const at = query.get('at');
    if (at !== null) return found(this.history.at(Date.parse(at)));
    if (!query.has('since')) return found({ span: this.history.span() });
    const ms = (name: string): number => 1000 * Number(query.get(name));
    return found(this.history.series(laneOf(query), ms('since'), ms('until')));
  }

  #sendEvents(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(':\n\n');
    if (this.sample !== null) response.write(event('sample', this.sample));
    if (this.findings !== null) response.write(event('findings', this.findings));
    this.#readers.add(response);
    response.on('close', () => this.#readers.delete(response));
  }
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

function found(body: unknown): Answer {
  return body === null ? failed(404, 'Nothing is known of it.', '') : { status: 200, body };
}

function failed(status: number, message: string, hint: string): Answer {
  return { status, body: { error: { message, hint } } };
}

function laneOf(query: URLSearchParams): LaneName {
  const text = (name: string): string => query.get(name) ?? '';
  return {
    namespace: text('namespace'),
    source: text('source'),
    destination: text('destination'),
    port: Number(text('port')),
    device: query.get('device'),
  };
}

function event(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

function sendFile(pathname: string, response: ServerResponse): void {
  const file = pathname === '/' ? 'index.html' : pathname.slice(1);
  try {
    const body = readFileSync(join(PAGE, file));
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(body);
  } catch {
    sendJson(response, failed(404, `There is no ${pathname}.`, ''));
  }
}

function sendJson(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
