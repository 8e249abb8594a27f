import { spawnSync } from 'node:child_process';
import type { Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Host } from '../../src/lab/host.ts';
import { serveHttp } from '../../src/lab/load/http-backend.ts';
import { HttpRequests } from '../../src/lab/load/http-requests.ts';
import { haproxy } from '../../src/lab/proxy/haproxy.ts';
import { nginx } from '../../src/lab/proxy/nginx.ts';
import type { Manner, ProxyLane, ProxyProgram } from '../../src/lab/proxy/proxy-program.ts';
import { relay } from '../../src/lab/proxy/relay.ts';
import { RunningProxy } from '../../src/lab/proxy/running-proxy.ts';
import { type NamespaceHandle, openNamespace, ownNamespace } from '../../src/linux/network-namespace.ts';
import { addAddress, joinTo } from '../kit/links.ts';
import { needsPrograms } from '../kit/needs.ts';
import { createNamespace } from '../kit/network-namespace.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { needsProgram, PROGRAM } from '../kit/program.ts';
import { temporaryFolder } from '../kit/proxies.ts';
import { setPortRange } from '../kit/sysctl.ts';

const PORTS = 20;
const PROXY = { address: '10.77.2.1', port: 8_080 };
const OTHER_SOURCE = '10.77.2.2';
const BACKENDS = ['10.77.3.1', '10.77.3.2'];
const BACKEND_PORT = 9_000;
/** More than the slots of two lanes. */
const REQUESTS = 60;
/** As well; and so few that four lanes have a slot for each, also where nginx takes the sources by chance. */
const SPREAD_REQUESTS = 44;
const AT_ONCE = 6;

/** The proxy's host is the test's own; clients and backends are on another one. */
describe.each([haproxy, nginx, relay])('$title', (program: ProxyProgram) => {
  usesPrivateNamespace();
  needsPrograms('setpriv', 'ss', ...(program.command === null ? [] : [program.command]));
  if (program === relay) needsProgram();

  const servers: Server[] = [];
  const handles: NamespaceHandle[] = [];
  let proxy: Host;
  let others: Host;
  const script = process.argv[1] as string;

  beforeEach(async () => {
    // What starts the relay.
    process.argv[1] = PROGRAM;
    const far = createNamespace();
    joinTo(
      far,
      { link: 'eth0', addresses: [`${PROXY.address}/16`] },
      { link: 'eth0', addresses: BACKENDS.map((address) => `${address}/16`) },
    );
    addAddress('eth0', `${OTHER_SOURCE}/32`);
    setPortRange(40_000, 40_000 + PORTS - 1);
    handles.push(ownNamespace(), openNamespace(far.path));
    const [near, other] = handles as [NamespaceHandle, NamespaceHandle];
    [proxy, others] = [new Host('proxy', near), new Host('others', other)];
    for (const address of BACKENDS) servers.push(await serveHttp(others, address, BACKEND_PORT, 0.005));
  });
  afterEach(() => {
    process.argv[1] = script;
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
    for (const handle of handles.splice(0)) handle.close();
  });

  /** What clients got from a proxy that does so, and what it left. */
  async function offer(
    manner: Manner,
    sources: readonly (string | null)[] = [null],
    count = REQUESTS,
  ): Promise<{
    readonly failures: readonly string[];
    readonly refusals: number;
    /** Used slots, of all lanes; and of these, in TIME_WAIT. */
    readonly used: number;
    readonly timeWait: number;
  }> {
    const lanes: ProxyLane[] = sources.flatMap((source) =>
      BACKENDS.map((destination) => ({ source, destination, port: BACKEND_PORT })),
    );
    const running = await RunningProxy.start(proxy, program, { ...PROXY, lanes, manner }, temporaryFolder());
    const requests = new HttpRequests({
      ...{ clients: [others], ...PROXY, count, perSecond: 200, mostAtOnce: AT_ONCE },
      asksToClose: manner === 'lets-close',
    });
    const exchanges = await requests.run();
    const states = spawnSync('ss', ['-Htan', `dport = :${BACKEND_PORT}`], { encoding: 'utf8' }).stdout.split('\n');
    const timeWait = states.filter((line) => line.startsWith('TIME-WAIT')).length;
    await running.stop();
    return {
      failures: exchanges.flatMap(({ failure }) => failure ?? []),
      refusals: running.refusals,
      ...{ used: states.filter((line) => line !== '').length, timeWait },
    };
  }

  it('serves as many requests as it has slots where it closes first, and tells of each of the others', async () => {
    const { failures, ...left } = await offer('closes');
    expect(failures).toHaveLength(REQUESTS - 2 * PORTS);
    expect(left).toEqual({ refusals: REQUESTS - 2 * PORTS, used: 2 * PORTS, timeWait: 2 * PORTS });
  });

  it('connects from both addresses that it is told', async () => {
    const { failures, refusals, used } = await offer('closes', [PROXY.address, OTHER_SOURCE], SPREAD_REQUESTS);
    expect({ failures, refusals, used }).toEqual({ failures: [], refusals: 0, used: SPREAD_REQUESTS });
  });

  if (program.manners.includes('lets-close')) {
    it('holds nothing where the backends close first', async () => {
      const { failures, refusals, timeWait } = await offer('lets-close');
      expect({ failures, refusals, timeWait }).toEqual({ failures: [], refusals: 0, timeWait: 0 });
    });
  }

  if (program.manners.includes('keeps')) {
    it('uses its connections again where it is to keep them', async () => {
      const { failures, refusals, used, timeWait } = await offer('keeps');
      expect({ failures, refusals, timeWait }).toEqual({ failures: [], refusals: 0, timeWait: 0 });
      // A request may come before the connection of the one before it is idle.
      expect(used).toBeLessThan(PORTS);
    });
  }

  it('is broken off with what it says where it cannot start', async () => {
    const lanes = [{ source: null, destination: '10.77.3.1', port: BACKEND_PORT }];
    const task = { address: '10.99.99.99', port: PROXY.port, lanes, manner: 'closes' } as const;
    const started = RunningProxy.start(proxy, program, task, temporaryFolder());
    await expect(started).rejects.toThrow(/does not listen: .*(Cannot assign requested address|EADDRNOTAVAIL)/s);
  });
});
