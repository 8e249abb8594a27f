import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { socketStatistics } from './socket-statistics.ts';

/** A folder that the test has for itself. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fourtuple-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A whole configuration of nginx around what stands in its `http` block. */
export function nginxConfiguration(http: string): string {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${name};`);
  return [
    'daemon off; master_process off; pid nginx.pid; error_log stderr crit;',
    'events { worker_connections 4096; }',
    `http { access_log off; ${paths.join(' ')}`,
    http,
    '}',
  ].join('\n');
}

/** A whole configuration of HAProxy around these sections. */
export function haproxyConfiguration(sections: string, defaults: readonly string[] = []): string {
  const times = ['timeout connect 30s', 'timeout client 30s', 'timeout server 30s'];
  return ['defaults', ...[...times, ...defaults].map((line) => `    ${line}`), sections, ''].join('\n');
}

/** Writes a configuration into a folder of its own, as `configuration` there. */
export function writeConfiguration(text: string): { readonly folder: string; readonly file: string } {
  const folder = temporaryFolder();
  const file = join(folder, 'configuration');
  writeFileSync(file, text);
  return { folder, file };
}

/** Runs nginx with this `http` block until the test ends. @returns its process, once it listens on the port */
export function startNginx(port: number, http: string): Promise<number> {
  const { folder, file } = writeConfiguration(nginxConfiguration(http));
  return startProgram('nginx', ['-p', folder, '-e', 'stderr', '-c', file], port);
}

/** Runs HAProxy with this configuration until the test ends. @returns its process, once it listens on the port */
export function startHaproxy(port: number, configuration: string): Promise<number> {
  return startProgram('haproxy', ['-db', '-f', writeConfiguration(configuration).file], port);
}

/** Runs a Redis that keeps nothing until the test ends. @returns its process, once it listens on the port */
export function startRedis(address: string, port: number): Promise<number> {
  const args = ['--port', `${port}`, '--bind', address, '--protected-mode', 'no', '--save', '', '--appendonly', 'no'];
  return startProgram('redis-server', [...args, '--dir', temporaryFolder()], port);
}

/** Runs a program until the test ends. @returns its process, once it listens on the port */
export async function startProgram(command: string, args: readonly string[], port: number): Promise<number> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let messages = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    messages += text;
  });
  const exited = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  while (!socketStatistics().some(({ state, sourcePort }) => state === 'LISTEN' && sourcePort === port)) {
    if (child.exitCode !== null) throw new Error(`${command} has ended: ${messages}`);
    await sleep(20);
  }
  return child.pid as number;
}

/** A backend that speaks HTTP, and counts. */
export interface Backend {
  readonly port: number;
  /** The connections that it has got. */
  readonly opens: number;
  /** The addresses that they came from. */
  readonly sources: ReadonlySet<string>;
}

/** Serves HTTP in the current namespace until the test ends. */
export async function serveHttp(address: string, port = 0, { delayMs = 0 } = {}): Promise<Backend> {
  const counts = { port, opens: 0, sources: new Set<string>() };
  const server = http.createServer((_, response) => {
    const answer = (): void => void response.setHeader('content-length', 2).end('ok');
    if (delayMs === 0) answer();
    else setTimeout(answer, delayMs);
  });
  server.on('connection', ({ remoteAddress = '' }: Socket) => {
    counts.opens += 1;
    counts.sources.add(remoteAddress);
  });
  await once(server.listen(port, address), 'listening');
  counts.port = (server.address() as AddressInfo).port;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return counts;
}

/** A client that has sent one request, and closes its connection once it has the whole response. @returns its status */
export async function request(port: number): Promise<number> {
  const agent = new http.Agent({ keepAlive: true });
  const sent = http.get({ host: '127.0.0.1', port, agent });
  const [response] = (await once(sent, 'response')) as [http.IncomingMessage];
  await once(response.resume(), 'end');
  agent.destroy();
  return response.statusCode ?? 0;
}

/** Clients one after the other, each with a connection of its own. */
export async function requests(count: number, port: number): Promise<void> {
  for (let left = count; left > 0; left -= 1) {
    const status = await request(port);
    if (status !== 200) throw new Error(`the proxy answers ${status}`);
  }
}
