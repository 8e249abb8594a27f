import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { TICK_SECONDS, TICKS } from '../../src/linux/spread-layout.ts';
import { closeInOrder, timeWait } from '../kit/closings.ts';
import { destinationOf, hold, openClient, serve } from '../kit/connections.ts';
import { createControlGroup } from '../kit/control-group.ts';
import { fillUntilRefused } from '../kit/fill.ts';
import { ip } from '../kit/ip-command.ts';
import { PlainClient } from '../kit/plain-clients.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { addAddresses, attachOnly, attachShort, sourcesTo, spreadIn, totals, usesSpreading } from '../kit/spreading.ts';
import { setPortRange, writeSysctl } from '../kit/sysctl.ts';

usesPrivateNamespace();
usesSpreading();

const SLOTS = 1_000;
const PORT = 8_080;
const FAMILIES = {
  IPv4: { sources: ['10.1.0.1', '10.1.0.2', '10.1.0.3', '10.1.0.4'], destination: '10.2.0.1' },
  IPv6: { sources: ['fd00:1::1', 'fd00:1::2', 'fd00:1::3', 'fd00:1::4'], destination: 'fd00:2::1' },
};
const { sources, destination } = FAMILIES.IPv4;
const TO = { host: destination, port: PORT };
const ENDPOINT = { address: destination, port: PORT };

beforeEach(() => {
  for (const { sources, destination } of Object.values(FAMILIES)) addAddresses([...sources, destination]);
  setPortRange(20_000, 20_000 + SLOTS - 1);
});

describe.each(Object.entries(FAMILIES))('%s connections from four addresses', (_, { sources, destination }) => {
  const to = { address: destination, port: PORT };

  it('take every slot of every address before the first is refused', async () => {
    const server = serve(destination, PORT);
    const group = createControlGroup();
    const maps = spreadIn(group, sourcesTo(to, sources));
    const result = await PlainClient.start(group).open({ host: server.address, port: PORT, count: 5 * SLOTS });
    expect(result).toMatchObject({ opened: 4 * SLOTS, failure: 'EADDRNOTAVAIL' });
    expect(result.sources).toEqual(Object.fromEntries(sources.map((source) => [source, SLOTS])));
    expect(totals(maps)).toEqual({ attempts: 4 * SLOTS + 1, refusals: 1 });
    expect(maps.readCounts()).toEqual({ spread: 4 * SLOTS + 1, boundBefore: 0, bindFailed: 0, uncounted: 0 });
    expect(maps.readLanes().map((lane) => lane.destination)).toEqual(sources.map(() => to));
  });
});

describe('connections from several addresses', () => {
  it('of a dual-stack client leave from the same IPv4 addresses', async () => {
    serve(destination, PORT);
    const group = createControlGroup();
    const maps = spreadIn(group, sourcesTo(ENDPOINT, sources));
    const result = await PlainClient.start(group).open({ ...TO, host: `::ffff:${destination}`, count: 400 });
    expect(result.sources).toEqual(Object.fromEntries(sources.map((source) => [`::ffff:${source}`, 100])));
    expect(maps.readLanes().map(({ source, attempts }) => [source, attempts])).toEqual(
      sources.map((source) => [source, 100]),
    );
  });

  it('of four clients at once take all slots too', async () => {
    serve(destination, PORT);
    const group = createControlGroup();
    const maps = spreadIn(group, sourcesTo(ENDPOINT, sources));
    const clients = [1, 2, 3, 4].map(() => PlainClient.start(group));
    // They begin together: whoever is first to start would else be far ahead.
    await Promise.all(clients.map((client) => client.open({ ...TO, count: 1 })));
    const results = await Promise.all(clients.map((client) => client.open({ ...TO, count: 4 * SLOTS })));
    expect(results.map(({ failure }) => failure)).toEqual(clients.map(() => 'EADDRNOTAVAIL'));
    const firstRefusal = Math.min(...results.map(({ endedAt }) => endedAt));
    const before = results.flatMap(({ openedAt }) => openedAt).filter((at) => at < firstRefusal);
    expect(before.length + clients.length).toBeGreaterThanOrEqual(0.999 * 4 * SLOTS);
    const opened = results.reduce((sum, result) => sum + result.opened, clients.length);
    const { attempts, refusals } = totals(maps);
    expect({ attempts, refusals }).toEqual({ attempts: opened + refusals, refusals: clients.length });
  });

  it('avoid an address that others have taken before, as the census says', async () => {
    const server = serve(destination, PORT);
    const taken = fillUntilRefused(server, { from: sources[1] as string });
    const group = createControlGroup();
    const maps = attachOnly(group, sourcesTo(ENDPOINT, sources));
    const lanes = (maps.addGroup(ENDPOINT) as number) * sources.length;
    maps.correct(lanes + 1, new Float64Array(TICKS).fill(taken.length));
    maps.enable();
    const result = await PlainClient.start(group).open({ ...TO, count: 4 * SLOTS });
    expect(result).toMatchObject({ opened: 3 * SLOTS, failure: 'EADDRNOTAVAIL' });
    expect(totals(maps)).toEqual({ attempts: 3 * SLOTS + 1, refusals: 1 });
  });

  it('avoid an address that others take meanwhile, and return to it when they close', async () => {
    const server = serve(destination, PORT);
    const group = createControlGroup();
    const maps = attachOnly(group, sourcesTo(ENDPOINT, sources.slice(0, 2)));
    maps.addGroup(ENDPOINT);
    maps.enable();
    const [first = '', second = ''] = sources;
    const others = hold(150, server, { from: first });
    const client = PlainClient.start(group);
    expect((await client.open({ ...TO, count: 150 })).sources).toEqual({ [second]: 150 });
    for (const { client: end, server: other } of others) closeInOrder(other, end);
    expect((await client.open({ ...TO, count: 100 })).sources).toEqual({ [first]: 100 });
  });

  it('count TIME_WAIT as held, until it has passed', async () => {
    const server = serve(destination, PORT);
    const group = createControlGroup();
    const heldTicks = 4;
    const maps = attachShort(group, sourcesTo(ENDPOINT, sources.slice(0, 2)), heldTicks);
    maps.addGroup(ENDPOINT);
    maps.enable();
    const [first = '', second = ''] = sources;
    timeWait(150, server, { from: first });
    const client = PlainClient.start(group);
    expect((await client.open({ ...TO, count: 100 })).sources).toEqual({ [second]: 100 });
    await sleep((heldTicks + 1) * TICK_SECONDS * 1_000);
    expect((await client.open({ ...TO, count: 80 })).sources).toEqual({ [first]: 80 });
  });

  it('that the other end refuses give their slots back', async () => {
    const group = createControlGroup();
    const maps = attachOnly(group, sourcesTo(ENDPOINT, sources.slice(0, 2)));
    maps.addGroup(ENDPOINT);
    maps.enable();
    const options = { from: sources[0] as string };
    for (let attempt = 0; attempt < 50; attempt += 1) {
      const socket = openClient(ENDPOINT, options);
      expect(socket.tryConnect(destinationOf(ENDPOINT, options))).toBe('ECONNREFUSED');
      socket.close();
    }
    serve(destination, PORT);
    const result = await PlainClient.start(group).open({ ...TO, count: 40 });
    expect(Object.values(result.sources)).toEqual([20, 20]);
    expect(totals(maps)).toEqual({ attempts: 90, refusals: 0 });
  });

  it('pass by an address that is gone', async () => {
    serve(destination, PORT);
    const group = createControlGroup();
    const maps = spreadIn(group, sourcesTo(ENDPOINT, sources));
    ip(`address del ${sources[0]}/32 dev lo`);
    const result = await PlainClient.start(group).open({ ...TO, count: 300 });
    expect(result).toMatchObject({ opened: 300, failure: null });
    expect(Object.keys(result.sources).sort()).toEqual(sources.slice(1));
    const { spread, bindFailed } = maps.readCounts();
    expect(spread).toBe(300);
    expect(bindFailed).toBeGreaterThan(0);
  });

  it('of a prefix leave from one of its addresses each', async () => {
    writeSysctl('ipv6.ip_nonlocal_bind', 1);
    ip('-6 route add local fd00:9::/64 dev lo');
    const [to] = [FAMILIES.IPv6.destination];
    serve(to, PORT);
    const group = createControlGroup();
    const spread = sourcesTo({ address: to, port: PORT }, []);
    const maps = spreadIn(group, { ...spread, sources: [{ address: 'fd00:9::', prefixLength: 64 }] });
    const result = await PlainClient.start(group).open({ host: to, port: PORT, count: 500 });
    expect(result).toMatchObject({ opened: 500, failure: null });
    const used = Object.keys(result.sources);
    expect(used.filter((source) => !source.startsWith('fd00:9:'))).toEqual([]);
    expect(used).toHaveLength(500);
    expect(maps.readLanes()).toMatchObject([{ source: null, attempts: 500, refusals: 0 }]);
  });
});
