import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Examination } from '../../src/diagnosis/examination.ts';
import { openClient, serve } from '../kit/connections.ts';
import { needsPrograms } from '../kit/needs.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { haproxyConfiguration, startHaproxy } from '../kit/proxies.ts';
import { setPortRange } from '../kit/sysctl.ts';
import { examineHere, findingsOf } from './examination.ts';

const CLIENTS = ['127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5'];
const BACKENDS = ['127.0.1.1', '127.0.1.2'];
const PROXY = { address: '127.0.0.1', port: 8080 };
const BACKEND_PORT = 9000;
const PORTS = 40;

let proxy: ChildProcess | undefined;

/** Passes each connection on to the next backend. */
async function startProxy(backends: readonly string[]): Promise<number> {
  const program = `
const { createServer, connect } = require('node:net');
const backends = ${JSON.stringify(backends)};
let next = 0;
createServer((client) => {
  const backend = connect(${BACKEND_PORT}, backends[next++ % backends.length]);
  for (const socket of [client, backend]) socket.on('error', () => {});
  client.pipe(backend).pipe(client);
}).listen(${PROXY.port}, '${PROXY.address}', () => console.log('listening'));
`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  proxy = child;
  await once(child.stdout, 'data');
  return child.pid as number;
}

function startRealProxy(backends: readonly string[]): Promise<number> {
  const servers = backends.map((address, index) => `server s${index} ${address}:${BACKEND_PORT}`);
  const lines = ['listen proxy', 'mode tcp', 'balance roundrobin', `bind ${PROXY.address}:${PROXY.port}`, ...servers];
  return startHaproxy(PROXY.port, haproxyConfiguration(lines.join('\n')));
}

/** What is found when each client has so many connections open through the proxy. */
async function examineWith(
  connectionsEach: number,
  backends: readonly string[],
  from: readonly string[],
  start: (backends: readonly string[]) => Promise<number> = startProxy,
) {
  setPortRange(40_000, 40_000 + PORTS - 1);
  for (const address of backends) serve(address, BACKEND_PORT);
  const pid = await start(backends);
  for (const client of from) {
    for (let count = 0; count < connectionsEach; count += 1) {
      openClient(PROXY, { from: client }).connect(PROXY.address, PROXY.port);
    }
  }
  const wanted = from.length * connectionsEach;
  for (let look = 0; look < 100; look += 1) {
    const examination = await examineHere();
    if (passedOn(examination) === wanted) return { examination, pid };
    await sleep(20);
  }
  throw new Error('the proxy has not passed on what it has taken');
}

function passedOn({ namespace: { lanes } }: Examination): number {
  return lanes.filter(({ port }) => port === BACKEND_PORT).reduce((sum, { live }) => sum + live, 0);
}

describe('a proxy', () => {
  usesPrivateNamespace();
  afterEach(async () => {
    if (proxy === undefined) return;
    const gone = once(proxy, 'exit');
    if (proxy.kill('SIGKILL')) await gone;
    proxy = undefined;
  });

  it('with four clients and two backends cuts what they can have open to a half', async () => {
    const { examination, pid } = await examineWith(12, BACKENDS, CLIENTS);
    const [finding, ...others] = findingsOf(examination, 'proxy-funnel');
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'warning',
      lane: { source: '127.0.0.1', port: BACKEND_PORT },
      evidence: {
        clients: 4,
        inboundLanes: 4,
        outboundLanes: 2,
        inboundSlots: 4 * PORTS,
        outboundSlots: 2 * PORTS,
        factor: 0.5,
      },
    });
    expect(finding?.summary).toContain(` ${pid} is reached over 4 lanes and goes on over 2: `);
    expect(finding?.summary).toContain('to a half (80 of 160 connections)');
    expect(finding?.remedies.map(({ id }) => id)).toContain('more-destination-addresses');
  });

  describe('that is HAProxy', () => {
    needsPrograms('haproxy');

    it('is told by its name', async () => {
      const { examination, pid } = await examineWith(12, BACKENDS, CLIENTS, startRealProxy);
      const [finding] = findingsOf(examination, 'proxy-funnel');
      expect(finding?.summary).toContain(`haproxy ${pid} is reached over 4 lanes and goes on over 2: `);
      expect(finding?.evidence.factor).toBe(0.5);
      const [remedy] = finding?.remedies.filter(({ id }) => id === 'more-destination-addresses') ?? [];
      expect(remedy?.instructions.map(({ where }) => where)).toEqual(['haproxy']);
    });
  });

  it('that has room is nothing to speak of', async () => {
    const { examination } = await examineWith(4, BACKENDS, CLIENTS);
    expect(findingsOf(examination, 'proxy-funnel')).toEqual([]);
  });

  it('with as many backends as clients is nothing to speak of, however full', async () => {
    const { examination } = await examineWith(30, BACKENDS, CLIENTS.slice(0, 2));
    expect(findingsOf(examination, 'proxy-funnel')).toEqual([]);
  });
});
