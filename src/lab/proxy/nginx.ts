import { isVersionAtLeast } from '../../remedies/program-version.ts';
import type { ProxyPlace, ProxyProgram, ProxyTask } from './proxy-program.ts';

/** From here on an upstream block keeps connections unless it is told `keepalive 0`, which older ones refuse. */
const KEEPS_BY_DEFAULT = [1, 29, 7];
/** More than requests that run at once. */
const KEPT = 256;

/** nginx, as it passes HTTP/1.1 on. */
export const nginx: ProxyProgram = {
  name: 'nginx',
  title: 'nginx',
  command: 'nginx',
  manners: ['closes', 'keeps'],
  note: 'nginx runs as one process, and each request that finds no port is answered 502: it is not passed to the next backend. Nothing makes its backends close first: it closes as soon as it has the whole response.',
  // EADDRNOTAVAIL, as nginx logs it.
  refusal: /connect\(\) to \S+ failed \(\d+: Cannot assign requested address\)/,
  configuration,
  commandLine: ({ folder, configuration: file }) => ['nginx', '-p', folder, '-e', 'stderr', '-c', file],
};

/** A Connection header that asks for nothing: the backend leaves its end open, and nginx closes unless it is to keep it. */
function configuration(task: ProxyTask, { log, version }: ProxyPlace): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${name};`);
  const destinations = new Set(task.lanes.map(({ destination, port }) => `${destination}:${port}`));
  const sources = sourcesOf(task);
  return [
    // It gives its folders to this user: there may be no other one.
    'user root;',
    `daemon off; master_process off; pid nginx.pid; error_log ${log} crit;`,
    'events { worker_connections 1024; }',
    `http { access_log off; ${temporary.join(' ')}`,
    ...splitOver(sources),
    'upstream backends {',
    ...Array.from(destinations, (destination) => `    server ${destination} max_fails=0;`),
    ...keepalive(task, version),
    '}',
    `server { listen ${task.address}:${task.port}; location / {`,
    '    proxy_pass http://backends; proxy_next_upstream off;',
    '    proxy_http_version 1.1; proxy_set_header Connection "";',
    ...(sources.length === 0 ? [] : ['    proxy_bind $source;']),
    '} } }',
    '',
  ].join('\n');
}

function sourcesOf({ lanes }: ProxyTask): string[] {
  return [...new Set(lanes.flatMap(({ source }) => source ?? []))];
}

/** As often from each address, by a hash of the client's end. */
function splitOver(sources: readonly string[]): string[] {
  if (sources.length === 0) return [];
  const [last, ...others] = [...sources].reverse();
  const shares = others.map((source) => `    ${(100 / sources.length).toFixed(2)}% ${source};`);
  return ['split_clients "$remote_addr$remote_port" $source {', ...shares, `    * ${last};`, '}'];
}

function keepalive({ manner }: ProxyTask, version: string | null): string[] {
  if (manner === 'keeps') return [`    keepalive ${KEPT};`];
  return isVersionAtLeast(version, KEEPS_BY_DEFAULT) === true ? ['    keepalive 0;'] : [];
}
