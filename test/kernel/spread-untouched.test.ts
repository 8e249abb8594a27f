import { beforeEach, describe, expect, it } from 'vitest';
import type { SpreadMaps } from '../../src/linux/spread-maps.ts';
import { serve } from '../kit/connections.ts';
import { createControlGroup } from '../kit/control-group.ts';
import { createNamespace, inside } from '../kit/network-namespace.ts';
import { PlainClient } from '../kit/plain-clients.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { addAddresses, attachOnly, sourcesTo, spreadIn, totals, usesSpreading } from '../kit/spreading.ts';

usesPrivateNamespace();
usesSpreading();

const SOURCES = ['10.1.0.1', '10.1.0.2'];
const DESTINATION = '10.2.0.1';
const PORT = 8_080;
const TO = { host: DESTINATION, port: PORT };
const SPREAD = sourcesTo({ address: DESTINATION, port: PORT }, SOURCES);
const COUNT = 20;
/** The address that the kernel chooses to reach one of its own. */
const BY_THE_KERNEL = { [DESTINATION]: COUNT };
const NOTHING = { spread: 0, boundBefore: 0, bindFailed: 0, uncounted: 0 };

beforeEach(() => {
  addAddresses([...SOURCES, DESTINATION]);
  serve('0.0.0.0', PORT);
});

/** What was counted, and that the program was at work: the next connection is spread. */
async function countedUntilSpread(
  maps: SpreadMaps,
  client: PlainClient,
): Promise<ReturnType<SpreadMaps['readCounts']>> {
  const counts = maps.readCounts();
  const { sources } = await client.open({ ...TO, count: 1 });
  expect(SOURCES).toContain(Object.keys(sources)[0]);
  return counts;
}

describe('a spread over source addresses leaves alone', () => {
  it('everything, until it is enabled: it counts', async () => {
    const group = createControlGroup();
    const maps = attachOnly(group, SPREAD);
    maps.addGroup({ address: DESTINATION, port: PORT });
    expect((await PlainClient.start(group).open({ ...TO, count: COUNT })).sources).toEqual(BY_THE_KERNEL);
    expect(maps.readCounts()).toEqual(NOTHING);
    expect(maps.readLanes()).toEqual([]);
  });

  it('UDP sockets', async () => {
    const group = createControlGroup();
    const maps = spreadIn(group, SPREAD);
    const client = PlainClient.start(group);
    expect(await client.datagrams(DESTINATION, PORT)).toEqual({ source: DESTINATION, peer: `${DESTINATION}:${PORT}` });
    expect(await countedUntilSpread(maps, client)).toEqual(NOTHING);
  });

  it('connections to other ports and addresses', async () => {
    serve('0.0.0.0', PORT + 1);
    addAddresses(['10.2.0.2']);
    const group = createControlGroup();
    const maps = spreadIn(group, SPREAD);
    const client = PlainClient.start(group);
    expect((await client.open({ ...TO, port: PORT + 1, count: COUNT })).sources).toEqual(BY_THE_KERNEL);
    const other = await client.open({ host: '10.2.0.2', port: PORT, count: COUNT });
    expect(other.sources).toEqual({ '10.2.0.2': COUNT });
    expect(await countedUntilSpread(maps, client)).toEqual(NOTHING);
  });

  it('sockets of other cgroups', async () => {
    const [group, other] = [createControlGroup(), createControlGroup()];
    const maps = spreadIn(group, SPREAD);
    for (const outside of [PlainClient.start(other), PlainClient.start(null)]) {
      expect((await outside.open({ ...TO, count: COUNT })).sources).toEqual(BY_THE_KERNEL);
    }
    expect(await countedUntilSpread(maps, PlainClient.start(group))).toEqual(NOTHING);
  });

  it('sockets of other network namespaces, of the same cgroup', async () => {
    const group = createControlGroup();
    const maps = spreadIn(group, SPREAD);
    const other = createNamespace();
    const outside = inside(other, () => {
      addAddresses([...SOURCES, DESTINATION]);
      serve('0.0.0.0', PORT);
      return PlainClient.start(group);
    });
    expect((await outside.open({ ...TO, count: COUNT })).sources).toEqual(BY_THE_KERNEL);
    expect(await countedUntilSpread(maps, PlainClient.start(group))).toEqual(NOTHING);
    expect(totals(maps)).toEqual({ attempts: 1, refusals: 0 });
  });

  it.each([{ localAddress: '10.1.0.2' }, { localAddress: '0.0.0.0', localPort: 4_711 }])(
    'and counts sockets that are bound before: to %j',
    async (bound) => {
      const group = createControlGroup();
      const maps = spreadIn(group, SPREAD);
      const client = PlainClient.start(group);
      const { sources } = await client.open({ ...TO, ...bound, count: 1 });
      expect(sources).toEqual({ [bound.localAddress === '0.0.0.0' ? DESTINATION : bound.localAddress]: 1 });
      expect(await countedUntilSpread(maps, client)).toEqual({ ...NOTHING, boundBefore: 1 });
    },
  );
});
