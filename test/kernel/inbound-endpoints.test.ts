import { fstatSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { countInbound, type InboundEndpoint } from '../../src/census/inbound.ts';
import { takeCensus } from '../../src/census/take-census.ts';
import { SockDiag } from '../../src/linux/sock-diag.ts';
import { orphanFinWait2, timeWait, timeWaitAtServer } from '../kit/closings.ts';
import { hold, serve } from '../kit/connections.ts';
import { addAddress, joinTo } from '../kit/links.ts';
import { createNamespace, inside } from '../kit/network-namespace.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { settled, socketStatistics } from '../kit/socket-statistics.ts';
import { setPortRange } from '../kit/sysctl.ts';

type Counts = Pick<InboundEndpoint, 'connections' | 'timeWait' | 'clients'>;

async function inbound(): Promise<InboundEndpoint[]> {
  await settled();
  const { census } = await takeCensus();
  const diag = SockDiag.open();
  try {
    return countInbound(diag, census.scan.listeners);
  } finally {
    diag.close();
  }
}

/** The same by `ss`, whose listeners here are each at one address and port. */
function statistics(): Record<string, Counts> {
  const rows = socketStatistics();
  const listeners = rows
    .filter(({ state }) => state === 'LISTEN')
    .map(({ source, sourcePort }) => ({ source, sourcePort }));
  const counts: Record<string, Counts> = {};
  for (const { source, sourcePort } of listeners) {
    const all = ['0.0.0.0', '*', '::'].includes(source);
    const found = rows.filter(
      (row) => row.state !== 'LISTEN' && row.sourcePort === sourcePort && (all || row.source === source),
    );
    for (const address of new Set(found.map((row) => row.source))) {
      const here = found.filter((row) => row.source === address);
      counts[`${address} ${sourcePort}`] = {
        connections: here.length,
        timeWait: here.filter(({ state }) => state === 'TIME_WAIT').length,
        clients: new Set(here.map(({ destination }) => destination)).size,
      };
    }
  }
  return counts;
}

/** @returns what both say */
async function expectAgreement(): Promise<Record<string, Counts>> {
  const endpoints = await inbound();
  const counted = Object.fromEntries(
    endpoints.map(({ address, port, connections, timeWait, clients }) => [
      `${address} ${port}`,
      { connections, timeWait, clients },
    ]),
  );
  expect(counted).toEqual(statistics());
  return counted;
}

describe('connections to listeners', () => {
  usesPrivateNamespace();

  it('are those that ss counts, of loopback clients, in TIME_WAIT and others', async () => {
    const web = serve('127.0.0.1', 8_080, '0.0.0.0');
    const cache = serve('::1', 6_379);
    hold(5, web);
    hold(3, web, { from: '127.0.0.2' });
    timeWaitAtServer(20, web, { from: '127.0.0.3' });
    hold(2, cache);
    timeWait(4, cache);
    expect(await expectAgreement()).toEqual({
      '127.0.0.1 8080': { connections: 28, timeWait: 20, clients: 3 },
      '::1 6379': { connections: 2, timeWait: 0, clients: 1 },
    });
  });

  it('are those that ss counts, of other machines, to several addresses of one listener', async () => {
    setPortRange(40_000, 40_199);
    const other = createNamespace();
    const addresses = Array.from({ length: 12 }, (_, index) => `10.77.0.${10 + index}`);
    joinTo(
      other,
      { link: 'near', addresses: ['10.77.0.1/24', '10.77.0.2/24'] },
      { link: 'far', addresses: addresses.map((address) => `${address}/24`) },
    );
    const web = serve('10.77.0.1', 443, '::');
    const [first = ''] = addresses;
    inside(other, () => {
      for (const from of addresses) hold(3, web, { from });
      timeWaitAtServer(7, web, { from: first });
      hold(4, { ...web, address: '10.77.0.2' }, { from: first });
    });
    const outbound = inside(other, () => serve(first, 443));
    hold(9, outbound);
    orphanFinWait2(2, outbound);
    expect(await expectAgreement()).toEqual({
      '10.77.0.1 443': { connections: 43, timeWait: 7, clients: 12 },
      '10.77.0.2 443': { connections: 4, timeWait: 0, clients: 1 },
    });
  });

  it('on a port of the range are those of the listener, not those to other addresses', async () => {
    setPortRange(40_000, 40_099);
    addAddress('lo', '10.0.0.5/32');
    const listening = serve('10.0.0.5', 40_050);
    hold(3, listening, { from: '127.0.0.1' });
    const to = serve('127.0.0.1', 9_000);
    hold(1, to, { from: '127.0.0.1', port: 40_050 });
    expect(await expectAgreement()).toEqual({
      '10.0.0.5 40050': { connections: 3, timeWait: 0, clients: 1 },
      '127.0.0.1 9000': { connections: 1, timeWait: 0, clients: 1 },
    });
  });

  it('are none where nobody connects', async () => {
    serve('127.0.0.1', 9_000);
    expect(await inbound()).toEqual([]);
  });

  it('name the sockets that listen', async () => {
    const web = serve('127.0.0.1', 8_080);
    hold(1, web);
    const [endpoint] = await inbound();
    expect(endpoint?.inodes).toEqual([fstatSync(web.listener.fd).ino]);
  });
});
