import { beforeEach, describe, expect, it } from 'vitest';
import type { DestinationSpread } from '../../src/tcp/spread.ts';
import { type Server, serve } from '../kit/connections.ts';
import { createControlGroup } from '../kit/control-group.ts';
import type { NativeSocket } from '../kit/native-socket.ts';
import { PlainClient } from '../kit/plain-clients.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { addAddresses, detachFrom, sourcesTo, spreadIn, totals, usesSpreading } from '../kit/spreading.ts';
import { setPortRange } from '../kit/sysctl.ts';

usesPrivateNamespace();
usesSpreading();

const SLOTS = 500;
const FROM_PORT = 80;
const PORT = 8_080;
const FAMILIES = {
  IPv4: { from: '10.2.0.1', over: ['10.3.0.1', '10.3.0.2', '10.3.0.3'] },
  IPv6: { from: 'fd00:2::1', over: ['fd00:3::1', 'fd00:3::2', 'fd00:3::3'] },
};

function spreadOver({ from, over }: { readonly from: string; readonly over: readonly string[] }): DestinationSpread {
  return {
    kind: 'destinations',
    from: { address: from, port: FROM_PORT },
    over: over.map((address) => ({ address, port: PORT })),
  };
}

/** How many connections wait at a listener: all are taken. */
function arrived({ listener }: Server, expected: number): NativeSocket[] {
  return Array.from({ length: expected }, () => listener.accept());
}

beforeEach(() => {
  for (const { from, over } of Object.values(FAMILIES)) addAddresses([from, ...over]);
  setPortRange(20_000, 20_000 + SLOTS - 1);
});

describe.each(Object.entries(FAMILIES))('%s connections to one destination, spread over three', (_, family) => {
  const { from, over } = family;

  it('take every slot of each, and see the one that was asked for', async () => {
    const servers = over.map((address) => serve(address, PORT));
    const group = createControlGroup();
    const maps = spreadIn(group, spreadOver(family));
    const result = await PlainClient.start(group).open({ host: from, port: FROM_PORT, count: 4 * SLOTS });
    expect(result).toMatchObject({ opened: 3 * SLOTS, failure: 'EADDRNOTAVAIL' });
    expect(result.peers).toEqual({ [`${from}:${FROM_PORT}`]: 3 * SLOTS });
    for (const server of servers) expect(arrived(server, SLOTS)).toHaveLength(SLOTS);
    expect(totals(maps)).toEqual({ attempts: 3 * SLOTS + 1, refusals: 1 });
    const lanes = maps.readLanes().map(({ source, destination }) => ({ source, destination }));
    expect(lanes).toEqual(over.map((address) => ({ source: null, destination: { address, port: PORT } })));
  });

  it('go to the one that was asked for when it is detached', async () => {
    for (const address of over) serve(address, PORT);
    const group = createControlGroup();
    const maps = spreadIn(group, spreadOver(family));
    const client = PlainClient.start(group);
    const to = { host: from, port: FROM_PORT, count: 1 };
    expect(await client.open(to)).toMatchObject({ opened: 1 });
    expect(maps.readCounts()).toMatchObject({ spread: 1 });
    detachFrom(group);
    expect(await client.open(to)).toMatchObject({ failure: 'ECONNREFUSED' });
    const asked = serve(from, FROM_PORT);
    expect(await client.open(to)).toMatchObject({ opened: 1, peers: { [`${from}:${FROM_PORT}`]: 1 } });
    expect(arrived(asked, 1)).toHaveLength(1);
  });
});

describe('a spread over destinations', () => {
  const { from, over } = FAMILIES.IPv4;
  const to = { host: from, port: FROM_PORT };

  it('sends a dual-stack client to the same ones, and shows it what it asked for', async () => {
    const servers = over.map((address) => serve(address, PORT));
    const group = createControlGroup();
    spreadIn(group, spreadOver(FAMILIES.IPv4));
    const result = await PlainClient.start(group).open({ ...to, host: `::ffff:${from}`, count: 30 });
    expect(result).toMatchObject({ opened: 30, peers: { [`::ffff:${from}:${FROM_PORT}`]: 30 } });
    for (const server of servers) expect(arrived(server, 10)).toHaveLength(10);
  });

  it('may keep the one that is asked for among them', async () => {
    const asked = serve(from, FROM_PORT);
    const other = serve('10.3.0.1', PORT);
    const group = createControlGroup();
    const spread = spreadOver({ from, over: ['10.3.0.1'] });
    spreadIn(group, { ...spread, over: [spread.from, ...spread.over] });
    const result = await PlainClient.start(group).open({ ...to, count: 20 });
    expect(result.peers).toEqual({ [`${from}:${FROM_PORT}`]: 20 });
    expect([arrived(asked, 10), arrived(other, 10)].map(({ length }) => length)).toEqual([10, 10]);
  });

  it('leaves alone who asks for one of them itself, and who has bound a port', async () => {
    for (const address of over) serve(address, PORT);
    serve(from, FROM_PORT);
    const group = createControlGroup();
    const maps = spreadIn(group, spreadOver(FAMILIES.IPv4));
    const client = PlainClient.start(group);
    const direct = await client.open({ host: over[1] as string, port: PORT, count: 5 });
    expect(direct.peers).toEqual({ [`${over[1]}:${PORT}`]: 5 });
    expect(await client.open({ ...to, localPort: 4_711, count: 1 })).toMatchObject({ opened: 1 });
    expect(maps.readCounts()).toEqual({ spread: 0, boundBefore: 1, bindFailed: 0, uncounted: 0 });
  });
});

describe('detaching in the middle of load', () => {
  it.each([
    ['sources', sourcesTo({ address: '10.2.0.1', port: FROM_PORT }, ['10.3.0.1', '10.3.0.2'])],
    ['destinations', spreadOver({ from: '10.2.0.1', over: ['10.3.0.1', '10.3.0.2'] })],
  ] as const)('of a spread over %s loses no connection', async (_, spread) => {
    setPortRange(20_000, 29_999);
    for (const address of ['10.2.0.1', '10.3.0.1', '10.3.0.2']) {
      serve(address, FROM_PORT);
      serve(address, PORT);
    }
    const group = createControlGroup();
    const maps = spreadIn(group, spread);
    const client = PlainClient.start(group);
    const load = client.open({ host: '10.2.0.1', port: FROM_PORT, count: 3_000 });
    while (maps.readCounts().spread < 300) await new Promise(setImmediate);
    detachFrom(group);
    const { spread: until } = maps.readCounts();
    expect(await load).toMatchObject({ opened: 3_000, failure: null });
    expect(until).toBeLessThan(3_000);
    expect(maps.readCounts().spread).toBe(until);
  });
});
