import type { Manner, ProxyLane, ProxyProgram, ProxyTask } from './proxy-program.ts';

/** What each manner takes, on both sides. In mode tcp HAProxy closes towards the server when the client has closed first. */
const MANNERS: Readonly<Record<Manner, readonly string[]>> = {
  closes: ['mode tcp'],
  'lets-close': ['mode http', 'option http-server-close'],
  keeps: ['mode http', 'option http-keep-alive', 'http-reuse always'],
};

/** HAProxy, from 1.9 on. */
export const haproxy: ProxyProgram = {
  name: 'haproxy',
  title: 'HAProxy',
  command: 'haproxy',
  manners: ['closes', 'lets-close', 'keeps'],
  note: 'HAProxy runs with one thread and `retries 0`: each request that finds no port is seen.',
  refusal: /no free ports/,
  configuration,
  // No daemon, no master (-db).
  commandLine: ({ configuration: file }) => ['haproxy', '-db', '-f', file],
};

function configuration({ address, port, lanes, manner }: ProxyTask): string {
  const reuse = (line: string): boolean => line.startsWith('http-reuse');
  const both = MANNERS[manner].filter((line) => !reuse(line));
  return [
    ...section('global', ['nbthread 1', 'log stdout format raw local0 err']),
    ...section('defaults', ['log global', 'retries 0', ...TIMEOUTS, ...both]),
    ...section('frontend clients', [`bind ${address}:${port}`, 'default_backend backends']),
    ...section('backend backends', ['balance roundrobin', ...MANNERS[manner].filter(reuse), ...lanes.map(server)]),
    '',
  ].join('\n');
}

const TIMEOUTS = ['timeout connect 10s', 'timeout client 60s', 'timeout server 60s'];

function server({ source, destination, port }: ProxyLane, index: number): string {
  return `server lane-${index + 1} ${destination}:${port}${source === null ? '' : ` source ${source}`}`;
}

function section(head: string, lines: readonly string[]): string[] {
  return [head, ...lines.map((line) => `    ${line}`)];
}
