import { describe, expect, it } from 'vitest';
import { type ClientOptions, hold, serve } from '../kit/connections.ts';
import { fillUntilRefused } from '../kit/fill.ts';
import { needsKernel } from '../kit/kernel-version.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { setPortRange } from '../kit/sysctl.ts';
import { countedLane, expectFreeIsWhatIsTaken, findLane, laneOf, laneTo } from './agreement.ts';
import { observe } from './observe.ts';

const SOURCE = '127.0.0.3';
const BOUND: ClientOptions = { from: SOURCE, boundBefore: true };

describe('sockets bound before they connect', () => {
  usesPrivateNamespace();

  it.each<[string, ClientOptions]>([
    ['an address', BOUND],
    ['any address', { boundBefore: true }],
  ])('share the slots of their source (bound to %s)', async (_, options) => {
    setPortRange(40_000, 40_199);
    const source = options.from ?? '127.0.0.1';
    const [a, b] = [serve('127.0.0.1', 9001), serve('127.0.0.1', 9002)];
    hold(30, a, options);
    hold(40, b, options);
    const census = await observe();
    expect(laneOf(census, laneTo(a, source))).toMatchObject({ pool: 'source', used: 30, free: 130 });
    expect(laneOf(census, laneTo(b, source))).toMatchObject({ pool: 'source', used: 40, free: 130 });
    expect(census.ports).toMatchObject({ blocked: 70, usable: 130 });
    expect(fillUntilRefused(a, options)).toHaveLength(130);
    for (const to of [a, b]) {
      expect(await countedLane(laneTo(to, source))).toMatchObject({ pool: 'source', free: 0, utilization: 1 });
    }
    expect((await observe()).ports).toMatchObject({ blocked: 200, usable: 0 });
    expect(fillUntilRefused(serve('127.0.0.1', 9003))).toHaveLength(0);
  });

  it('are said to block, with their number', async () => {
    setPortRange(40_000, 40_199);
    const held = hold(10, serve('127.0.0.1', 9001), BOUND);
    const { blockers } = (await observe()).ports;
    expect(blockers).toMatchObject([{ kind: 'bound-before-connect', address: SOURCE, count: 10 }]);
    for (const { client } of held) expect(blockers[0]?.ports).toContain(`${client.localPort}`);
  });

  it('stand beside sockets of the same source that connect() found a port for', async () => {
    setPortRange(40_000, 40_199);
    const [a, b] = [serve('127.0.0.1', 9000), serve('127.0.0.1', 9001)];
    hold(50, a, { from: SOURCE });
    hold(10, b, BOUND);
    const census = await observe();
    expect(laneOf(census, laneTo(a, SOURCE))).toMatchObject({ pool: 'lane', used: 50, slots: 190, free: 140 });
    expect(laneOf(census, laneTo(b, SOURCE))).toMatchObject({ pool: 'source', used: 10, free: 140 });
    await expectFreeIsWhatIsTaken(a, laneTo(a, SOURCE), { from: SOURCE });
  });

  it('have as many free slots as bind() finds beside sockets that connect() found a port for', async () => {
    setPortRange(40_000, 40_199);
    const [a, b] = [serve('127.0.0.1', 9000), serve('127.0.0.1', 9001)];
    hold(50, a, { from: SOURCE });
    hold(10, b, BOUND);
    const { free } = laneOf(await observe(), laneTo(b, SOURCE));
    expect(fillUntilRefused(b, BOUND)).toHaveLength(free ?? -1);
  });

  it('do not take slots from those of another source, which bind() finds as well', async () => {
    setPortRange(40_000, 40_199);
    const to = serve('127.0.0.1', 9000);
    expect(fillUntilRefused(to, BOUND)).toHaveLength(200);
    hold(10, to, { from: '127.0.0.4', boundBefore: true });
    const lane = laneOf(await observe(), laneTo(to, '127.0.0.4'));
    expect(lane).toMatchObject({ pool: 'source', used: 10, free: 190 });
    expect(fillUntilRefused(to, { from: '127.0.0.4', boundBefore: true })).toHaveLength(190);
  });
});

describe('sockets that connect() found a port for are not taken for bound ones', () => {
  usesPrivateNamespace();

  it('past the cliff', async () => {
    setPortRange(40_000, 40_199);
    const to = serve('127.0.0.1', 9000);
    hold(180, to);
    expect((await observe()).ports.blocked).toBe(0);
    expect(await countedLane(laneTo(to, '127.0.0.1'))).toMatchObject({ pool: 'lane', slots: 200, free: 20 });
    await expectNothingBlocked();
  });

  it('bound late (IP_BIND_ADDRESS_NO_PORT), past the cliff', async () => {
    setPortRange(40_000, 40_199);
    const to = serve('127.0.0.1', 9000);
    for (const { client } of hold(180, to, { from: SOURCE })) if (client.localPort % 2 === 0) client.abort();
    expect(await countedLane(laneTo(to, SOURCE))).toMatchObject({ pool: 'lane', slots: 200, used: 80, free: 120 });
    await expectNothingBlocked();
  });

  it('to a few destinations each', async () => {
    setPortRange(40_000, 40_199);
    for (let port = 9000; port < 9020; port += 1) hold(3, serve('127.0.0.1', port));
    const census = await observe();
    expect(census.lanes.filter(({ pool }) => pool === 'source')).toEqual([]);
    await expectNothingBlocked();
  });

  describe('with a range of their own', () => {
    // Before, connect() keeps to one parity whether or not a socket has a range of its own.
    needsKernel(6, 8);

    it('(IP_LOCAL_PORT_RANGE), which has odd and even ports alike', async () => {
      const to = serve('127.0.0.1', 9000);
      const held = hold(200, to, { portRange: [32_768, 60_999] });
      expect(new Set(held.map(({ client }) => client.localPort % 2)).size).toBe(2);
      const census = await observe();
      expect(findLane(census, laneTo(to, '127.0.0.1'))).toMatchObject({ pool: 'lane', slots: 28_232, used: 200 });
      expect(census.ports.blocked).toBe(0);
    });
  });
});

/** The kernel takes a connection from every port of the range to a destination that has none yet. */
async function expectNothingBlocked(): Promise<void> {
  const to = serve('127.0.0.2', 9100);
  expect(fillUntilRefused(to)).toHaveLength(200);
  expect((await observe()).ports).toMatchObject({ blocked: 0, usable: 200 });
}
