import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { bindAddressNoPort } from '../../src/remedies/bind-address-no-port.ts';
import { closeFromOtherEnd } from '../../src/remedies/close-from-other-end.ts';
import { connectTimeout } from '../../src/remedies/connect-timeout.ts';
import type { Instruction } from '../../src/remedies/instruction.ts';
import { keepConnections } from '../../src/remedies/keep-connections.ts';
import { moreDestinationAddresses } from '../../src/remedies/more-destination-addresses.ts';
import { moreDestinationPorts } from '../../src/remedies/more-destination-ports.ts';
import { moreSourceAddresses } from '../../src/remedies/more-source-addresses.ts';
import type { LaneFacts, Remedy } from '../../src/remedies/remedy.ts';
import { blackHole } from '../kit/links.ts';
import { laneFactsLike, situationLike } from '../kit/machines.ts';
import { needsPrograms } from '../kit/needs.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { haproxyConfiguration, request, requests, serveHttp, startHaproxy, startNginx } from '../kit/proxies.ts';
import { countedStates, settled } from '../kit/socket-statistics.ts';
import { observe } from './observe.ts';

const PROXY = 8000;
const REQUESTS = 30;
const LISTEN = `listen 127.0.0.1:${PROXY};`;

/** What a person would type for a program whose lane goes to this port, with the proxy's own port filled in. */
function typed(remedy: Remedy, name: 'nginx' | 'haproxy', port: number, more: Partial<LaneFacts> = {}): string {
  const lane = laneFactsLike({
    ...{ source: '127.0.0.1', destination: '127.0.0.1', port, isLocal: true, program: { name, version: null } },
    ...more,
  });
  const instructions: readonly Instruction[] = remedy.byHand(situationLike({ lane }));
  expect(instructions.map(({ where }) => where)).toEqual([name]);
  return (instructions[0]?.text ?? '')
    .replace('server {', `server {\n${LISTEN}`)
    .replace('frontend FRONTEND', `frontend FRONTEND\n    bind 127.0.0.1:${PROXY}`);
}

/** A frontend for what is said about a backend only. */
function withFrontend(backend: string, ...lines: string[]): string {
  return ['frontend FRONTEND', `bind 127.0.0.1:${PROXY}`, 'default_backend BACKEND', backend, ...lines].join('\n');
}

/** Whether the lane to this port has slots of its own. */
async function poolOf(port: number): Promise<string | undefined> {
  await settled();
  const { lanes } = await observe({ mode: 'asking' });
  return lanes.find((lane) => lane.port === port)?.pool;
}

const slotsAtProxy = (port: number): Record<string, number> => countedStates('127.0.0.1', '127.0.0.1', port);

/** The slots in TIME_WAIT once no connection of the lane is left open. */
async function timeWaitAtEnd(port: number): Promise<number> {
  for (;;) {
    const { TIME_WAIT = 0, ...others } = slotsAtProxy(port);
    if (Object.keys(others).length === 0) return TIME_WAIT;
    await sleep(20);
  }
}

describe('nginx', () => {
  usesPrivateNamespace();
  needsPrograms('nginx', 'ss');

  it('opens a connection for each request by itself', async () => {
    const backend = await serveHttp('127.0.0.1');
    await startNginx(PROXY, `server { ${LISTEN} location / { proxy_pass http://127.0.0.1:${backend.port}; } }`);
    await requests(REQUESTS, PROXY);
    expect(backend.opens).toBe(REQUESTS);
  });

  it('keeps its connection to the backend as it is told', async () => {
    const backend = await serveHttp('127.0.0.1');
    await startNginx(PROXY, typed(keepConnections, 'nginx', backend.port));
    await requests(REQUESTS, PROXY);
    expect(backend.opens).toBe(1);
    await settled();
    expect(slotsAtProxy(backend.port)).toEqual({ ESTABLISHED: 1 });
  });

  it('binds without a port as it is told', async () => {
    const backend = await serveHttp('127.0.0.1');
    const bind = typed(bindAddressNoPort, 'nginx', backend.port);
    expect(bind).toBe('proxy_bind 127.0.0.1;');
    await startNginx(PROXY, typed(keepConnections, 'nginx', backend.port).replace('proxy_pass', `${bind}\nproxy_pass`));
    await requests(1, PROXY);
    expect(await poolOf(backend.port)).toBe('lane');
  });

  it('connects from both source addresses', async () => {
    const backend = await serveHttp('127.0.0.1');
    const text = typed(moreSourceAddresses, 'nginx', backend.port);
    await startNginx(PROXY, text.replace('proxy_bind', `proxy_pass http://127.0.0.1:${backend.port};\nproxy_bind`));
    await requests(REQUESTS, PROXY);
    expect([...backend.sources].sort()).toEqual(['127.0.0.1', '127.0.0.2']);
  });

  for (const [name, remedy, other] of [
    ['addresses', moreDestinationAddresses, ['127.0.0.2', 9_000]],
    ['ports', moreDestinationPorts, ['127.0.0.1', 9_001]],
  ] as const) {
    it(`connects to both destination ${name}, to each as often`, async () => {
      const backends = [await serveHttp('127.0.0.1', 9_000), await serveHttp(other[0], other[1])];
      await startNginx(PROXY, typed(remedy, 'nginx', 9_000).replace('NEW_PORT', '9001'));
      await requests(REQUESTS, PROXY);
      expect(backends.map(({ opens }) => opens)).toEqual([REQUESTS / 2, REQUESTS / 2]);
    });
  }

  it('gives up what is not answered, long before it does so by itself', async () => {
    blackHole({ link: 'hole', addresses: ['10.77.0.1/24'] });
    const pass = 'proxy_pass http://10.77.0.9:8080;';
    const text = typed(connectTimeout, 'nginx', 8080);
    await startNginx(
      PROXY,
      `server { ${LISTEN} location / { ${pass} ${text} } }\nserver { listen 127.0.0.1:8001; location / { ${pass} } }`,
    );
    const patient = request(8001).catch(() => 'cut');
    expect(await Promise.race([request(PROXY), patient])).toBe(504);
    expect(countedStates('10.77.0.1', '10.77.0.9', 8080)).toEqual({ SYN_SENT: 1 });
  });
});

describe('HAProxy', () => {
  usesPrivateNamespace();
  needsPrograms('haproxy', 'ss');

  it('opens a connection for each request where the server side is closed, and with http-reuse safe', async () => {
    const backend = await serveHttp('127.0.0.1');
    const text = typed(keepConnections, 'haproxy', backend.port);
    const closing = text.replaceAll('option http-keep-alive', 'option http-server-close');
    const safe = text.replace('http-reuse always', 'http-reuse safe').replace(`${PROXY}`, '8001');
    await startHaproxy(PROXY, haproxyConfiguration(closing));
    await startHaproxy(8001, haproxyConfiguration(safe));
    await requests(REQUESTS, PROXY);
    expect(backend.opens).toBe(REQUESTS);
    await requests(REQUESTS, 8001);
    expect(backend.opens).toBe(2 * REQUESTS);
  });

  it('keeps its connection to the server as it is told, whatever the defaults say', async () => {
    const backend = await serveHttp('127.0.0.1');
    const text = typed(keepConnections, 'haproxy', backend.port);
    await startHaproxy(PROXY, haproxyConfiguration(text, ['option http-server-close']));
    await requests(REQUESTS, PROXY);
    // A client may come before the connection of the one before it is idle.
    expect(backend.opens).toBeLessThanOrEqual(REQUESTS / 5);
    await settled();
    expect(slotsAtProxy(backend.port)).toEqual({ ESTABLISHED: backend.opens });
  });

  it('holds TIME_WAIT for clients that close first in mode tcp, and none as it is told', async () => {
    const backend = await serveHttp('127.0.0.1');
    const tcp = `backend BACKEND\nserver SERVER 127.0.0.1:${backend.port}`;
    await startHaproxy(8001, haproxyConfiguration(withFrontend(tcp).replace(`${PROXY}`, '8001')));
    await requests(REQUESTS, 8001);
    const before = await timeWaitAtEnd(backend.port);
    expect(before).toBeGreaterThan(0.9 * REQUESTS);

    await startHaproxy(PROXY, haproxyConfiguration(typed(closeFromOtherEnd, 'haproxy', backend.port)));
    await requests(REQUESTS, PROXY);
    expect(backend.opens).toBe(2 * REQUESTS);
    expect((await timeWaitAtEnd(backend.port)) - before).toBeLessThan(0.1 * REQUESTS);
  });

  it('binds without a port as it is told', async () => {
    const backend = await serveHttp('127.0.0.1');
    const [line = ''] = /server SERVER .*/.exec(typed(bindAddressNoPort, 'haproxy', backend.port)) ?? [];
    expect(line).toContain('source 127.0.0.1');
    const text = typed(keepConnections, 'haproxy', backend.port).replace(/server SERVER .*/, line);
    await startHaproxy(PROXY, haproxyConfiguration(text));
    await requests(1, PROXY);
    expect(await poolOf(backend.port)).toBe('lane');
  });

  it('connects from both source addresses', async () => {
    const backend = await serveHttp('127.0.0.1');
    const text = typed(moreSourceAddresses, 'haproxy', backend.port);
    await startHaproxy(PROXY, haproxyConfiguration(withFrontend(text), ['mode http']));
    await requests(REQUESTS, PROXY);
    expect([...backend.sources].sort()).toEqual(['127.0.0.1', '127.0.0.2']);
  });

  for (const [name, remedy, other] of [
    ['addresses', moreDestinationAddresses, ['127.0.0.2', 9_000]],
    ['ports', moreDestinationPorts, ['127.0.0.1', 9_001]],
  ] as const) {
    it(`connects to both destination ${name}, to each as often`, async () => {
      const backends = [await serveHttp('127.0.0.1', 9_000), await serveHttp(other[0], other[1])];
      const text = typed(remedy, 'haproxy', 9_000).replace('NEW_PORT', '9001');
      await startHaproxy(PROXY, haproxyConfiguration(withFrontend(text), ['mode http']));
      await requests(REQUESTS, PROXY);
      expect(backends.map(({ opens }) => opens)).toEqual([REQUESTS / 2, REQUESTS / 2]);
    });
  }

  it('gives up what is not answered, long before another one does', async () => {
    blackHole({ link: 'hole', addresses: ['10.77.0.1/24'] });
    const server = 'server SERVER 10.77.0.9:8080';
    const text = withFrontend(typed(connectTimeout, 'haproxy', 8080), server);
    const defaults = ['mode http', 'retries 0'];
    await startHaproxy(PROXY, haproxyConfiguration(text, defaults));
    const patientText = withFrontend('backend BACKEND', server).replace(`${PROXY}`, '8001');
    await startHaproxy(8001, haproxyConfiguration(patientText, defaults));
    const patient = request(8001).catch(() => 'cut');
    expect(await Promise.race([request(PROXY), patient])).toBe(503);
    await sleep(10);
    expect(countedStates('10.77.0.1', '10.77.0.9', 8080)).toEqual({ SYN_SENT: 1 });
  });
});
