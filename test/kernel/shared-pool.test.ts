import { beforeEach, describe, expect, it } from 'vitest';
import { timeWait } from '../kit/closings.ts';
import { type ClientOptions, connection, hold, type Server, serve } from '../kit/connections.ts';
import { fillUntilRefused } from '../kit/fill.ts';
import { needsKernel } from '../kit/kernel-version.ts';
import { listenAt } from '../kit/native-socket.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { setPortRange, writeSysctl } from '../kit/sysctl.ts';
import { countedLane, expectFreeIsWhatIsTaken, findLane, laneOf, laneTo } from './agreement.ts';
import { MODES, type Mode, observe } from './observe.ts';

const SOURCE = '127.0.0.3';
const BOUND: ClientOptions = { from: SOURCE, boundBefore: true };

/** A range of 200 ports, of which connect() takes 100 first. */
function usesRange(): void {
  usesPrivateNamespace();
  beforeEach(() => {
    setPortRange(40_000, 40_199);
    writeSysctl('ipv4.tcp_tw_reuse', 0);
  });
}

/** The kernel takes as many connections to a destination that has none yet as ports are called usable. */
async function expectUsable(usable: number, mode: Mode): Promise<void> {
  expect((await observe({ mode })).ports).toMatchObject({ blocked: 200 - usable, usable });
  expect(fillUntilRefused(serve('127.0.0.2', 9100))).toHaveLength(usable);
}

describe.each(MODES)('sockets bound before they connect, %s:', (mode) => {
  usesRange();
  if (mode === 'asking') needsKernel(6, 3);

  it.each<[string, ClientOptions]>([
    ['an address', BOUND],
    ['any address', { boundBefore: true }],
  ])('share the slots of their source (bound to %s)', async (_, options) => {
    const source = options.from ?? '127.0.0.1';
    const [a, b] = [serve('127.0.0.1', 9001), serve('127.0.0.1', 9002)];
    hold(30, a, options);
    hold(40, b, options);
    const census = await observe({ mode });
    expect(laneOf(census, laneTo(a, source))).toMatchObject({ pool: 'source', used: 30, free: 130 });
    expect(laneOf(census, laneTo(b, source))).toMatchObject({ pool: 'source', used: 40, free: 130 });
    expect(census.ports).toMatchObject({ blocked: 70, usable: 130 });
    expect(fillUntilRefused(a, options)).toHaveLength(130);
    for (const to of [a, b]) {
      expect(await countedLane(laneTo(to, source), mode)).toMatchObject({ pool: 'source', free: 0, utilization: 1 });
    }
    await expectUsable(0, mode);
  });

  it('share them in TIME_WAIT too', async () => {
    const [a, b] = [serve('127.0.0.1', 9001), serve('127.0.0.1', 9002)];
    timeWait(30, a, BOUND);
    hold(40, b, BOUND);
    const lane = await countedLane(laneTo(a, SOURCE), mode);
    expect(lane).toMatchObject({ pool: 'source', used: 30, live: 0, reclaimable: 0, free: 130 });
    expect(fillUntilRefused(a, BOUND)).toHaveLength(130);
  });

  it('are said to block, with their number', async () => {
    const held = hold(10, serve('127.0.0.1', 9001), BOUND);
    const { blockers } = (await observe({ mode })).ports;
    expect(blockers).toMatchObject([{ kind: 'bound-before-connect', address: SOURCE, count: 10 }]);
    for (const { client } of held) expect(blockers[0]?.ports).toContain(`${client.localPort}`);
    await expectUsable(190, mode);
  });

  it('stand beside sockets of the same source that connect() found a port for', async () => {
    const [a, b] = [serve('127.0.0.1', 9000), serve('127.0.0.1', 9001)];
    hold(50, a, { from: SOURCE });
    hold(10, b, BOUND);
    const census = await observe({ mode });
    expect(laneOf(census, laneTo(a, SOURCE))).toMatchObject({ pool: 'lane', used: 50, slots: 190, free: 140 });
    expect(laneOf(census, laneTo(b, SOURCE))).toMatchObject({ pool: 'source', used: 10, free: 140 });
    await expectFreeIsWhatIsTaken(a, laneTo(a, SOURCE), { from: SOURCE }, mode);
  });

  it('have as many free slots as bind() finds beside sockets that connect() found a port for', async () => {
    const [a, b] = [serve('127.0.0.1', 9000), serve('127.0.0.1', 9001)];
    hold(50, a, { from: SOURCE });
    hold(10, b, BOUND);
    const { free } = laneOf(await observe({ mode }), laneTo(b, SOURCE));
    expect(fillUntilRefused(b, BOUND)).toHaveLength(free ?? -1);
  });

  it('do not take slots from those of another source, which bind() finds as well', async () => {
    const to = serve('127.0.0.1', 9000);
    expect(fillUntilRefused(to, BOUND)).toHaveLength(200);
    hold(10, to, { from: '127.0.0.4', boundBefore: true });
    const lane = laneOf(await observe({ mode }), laneTo(to, '127.0.0.4'));
    expect(lane).toMatchObject({ pool: 'source', used: 10, free: 190 });
    expect(fillUntilRefused(to, { from: '127.0.0.4', boundBefore: true })).toHaveLength(190);
  });

  it.each([
    ['127.0.0.9', {}, 188],
    ['::1', {}, 188],
    ['::', { ipv6Only: true }, 188],
    [SOURCE, {}, 178],
    ['0.0.0.0', {}, 178],
    ['::', {}, 178],
  ])('have no port of a listener at %s %o only where bind() would not have it', async (address, options, free) => {
    for (let port = 40_050; port < 40_060; port += 1) listenAt(address, port, options);
    const to = serve('127.0.0.1', 9000);
    hold(12, to, BOUND);
    const lane = laneOf(await observe({ mode }), laneTo(to, SOURCE));
    expect(lane).toMatchObject({ pool: 'source', used: 12, free });
    expect(fillUntilRefused(to, BOUND)).toHaveLength(free);
  });

  it('exhaust ten equal lanes of one source together, as upstream_bind_config of Envoy does', async () => {
    const upstreams = Array.from({ length: 10 }, (_, index) => serve('127.0.0.1', 9000 + index));
    let used = 0;
    const openInTurn = (until: number): void => {
      for (; used < until; used += 1) for (const to of upstreams) connection(to, BOUND);
    };
    for (const until of [4, 12, 19]) {
      openInTurn(until);
      const census = await observe({ mode });
      for (const to of upstreams) {
        expect(laneOf(census, laneTo(to, SOURCE))).toMatchObject({ pool: 'source', used, free: 200 - 10 * used });
      }
    }
    openInTurn(20);
    const census = await observe({ mode });
    for (const to of upstreams) {
      const lane = laneOf(census, laneTo(to, SOURCE));
      expect(lane).toMatchObject({ pool: 'source', used: 20, slots: 20, free: 0, utilization: 1 });
      expect(fillUntilRefused(to, BOUND)).toHaveLength(0);
    }
    await expectUsable(0, mode);
  });
});

describe.each(MODES)('sockets that connect() found a port for are not taken for bound ones, %s,', (mode) => {
  usesRange();
  if (mode === 'asking') needsKernel(6, 3);

  it('past the cliff', async () => {
    const to = serve('127.0.0.1', 9000);
    hold(180, to);
    expect(await countedLane(laneTo(to, '127.0.0.1'), mode)).toMatchObject({ pool: 'lane', slots: 200, free: 20 });
    await expectUsable(200, mode);
  });

  it('bound late (IP_BIND_ADDRESS_NO_PORT), past the cliff, their first ports gone', async () => {
    const to = serve('127.0.0.1', 9000);
    pastCliffWithoutFirstPorts(80, to, { from: SOURCE });
    const lane = await countedLane(laneTo(to, SOURCE), mode);
    expect(lane).toMatchObject({ pool: 'lane', slots: 200, used: 80, free: 120 });
    await expectUsable(200, mode);
  });

  it('to a few destinations each', async () => {
    for (let port = 9000; port < 9020; port += 1) hold(3, serve('127.0.0.1', port));
    const census = await observe({ mode });
    expect(census.lanes.filter(({ pool }) => pool === 'source')).toEqual([]);
    await expectUsable(200, mode);
  });

  describe('with a range of their own', () => {
    // Before, connect() keeps to one parity whether or not a socket has a range of its own.
    needsKernel(6, 8);

    it('(IP_LOCAL_PORT_RANGE), which has odd and even ports alike', async () => {
      const to = serve('127.0.0.1', 9000);
      const held = hold(100, to, { portRange: [40_000, 40_199] });
      expect(new Set(held.map(({ client }) => client.localPort % 2)).size).toBe(2);
      const census = await observe({ mode });
      expect(findLane(census, laneTo(to, '127.0.0.1'))).toMatchObject({ pool: 'lane', slots: 200, used: 100 });
      await expectUsable(200, mode);
    });
  });
});

/** A lane past the cliff that is left with so many ports, none of those that connect() takes first. */
function pastCliffWithoutFirstPorts(left: number, to: Server, options: ClientOptions = {}): void {
  for (const { client } of hold(100 + left, to, options)) if (client.localPort % 2 === 0) client.abort();
}

/** What the ports alone cannot tell, and the kernel can. */
describe('asking the kernel tells', () => {
  usesRange();
  needsKernel(6, 3);

  it.each([1, 5, 12, 30, 60, 100])('a lane that was past the cliff and holds %i of its last ports', async (left) => {
    const to = serve('127.0.0.1', 9000);
    pastCliffWithoutFirstPorts(left, to);
    const name = laneTo(to, '127.0.0.1');
    expect(await countedLane(name, 'asking')).toMatchObject({ pool: 'lane', used: left, slots: 200 });
    // By nine ports of the other parity a lane is taken for a shared pool; all hundred of them can only be such a one.
    const [pool, usable] = left < 9 ? ['lane', 200] : ['source', 200 - left];
    expect(await countedLane(name, 'by-ports')).toMatchObject({ pool, used: left });
    expect((await observe({ mode: 'by-ports' })).ports).toMatchObject({ usable });
    await expectFreeIsWhatIsTaken(to, name, {}, 'asking');
    await expectUsable(200, 'asking');
  });

  it.each([
    [1, {}],
    [5, {}],
    [8, {}],
    [5, { mapped: true }],
  ])('a lane with %i bound sockets %o, too few for their ports to show', async (count, more) => {
    const to = serve('127.0.0.1', 9000);
    hold(count, to, { ...BOUND, ...more });
    const lane = await countedLane(laneTo(to, SOURCE), 'asking');
    expect(lane).toMatchObject({ pool: 'source', used: count, free: 200 - count });
    expect((await observe({ mode: 'by-ports' })).ports).toMatchObject({ blocked: 0, usable: 200 });
    await expectUsable(200 - count, 'asking');
  });

  it('a lane that bind() alone has filled, and that nothing else can connect then', async () => {
    const to = serve('127.0.0.1', 9000);
    expect(fillUntilRefused(to, BOUND)).toHaveLength(200);
    expect(await countedLane(laneTo(to, SOURCE), 'asking')).toMatchObject({ pool: 'source', used: 200, free: 0 });
    expect(await countedLane(laneTo(to, SOURCE), 'by-ports')).toMatchObject({ pool: 'lane', used: 200, free: 0 });
    expect((await observe({ mode: 'by-ports' })).ports).toMatchObject({ usable: 200 });
    await expectUsable(0, 'asking');
  });

  it('which sockets of a lane are bound where it has both kinds', async () => {
    const to = serve('127.0.0.1', 9000);
    hold(20, to, BOUND);
    hold(110, to, { from: SOURCE });
    expect(await countedLane(laneTo(to, SOURCE), 'asking')).toMatchObject({ pool: 'source', used: 130 });
    await expectUsable(180, 'asking');
  });

  it('that a lane of the same source was not bound where bind() has run out of ports of the other parity', async () => {
    const [a, b] = [serve('127.0.0.1', 9000), serve('127.0.0.1', 9001)];
    hold(105, a, BOUND);
    expect(fillUntilRefused(b, { from: SOURCE })).toHaveLength(95);
    expect(laneOf(await observe({ mode: 'asking' }), laneTo(b, SOURCE))).toMatchObject({ pool: 'lane', free: 0 });
    // No two sockets of the source have the same port, as if all were bound.
    expect((await observe({ mode: 'by-ports' })).ports).toMatchObject({ usable: 0 });
    await expectUsable(95, 'asking');
  });

  it('a port that was bound explicitly and is in TIME_WAIT since, if connect() would take it last', async () => {
    const to = serve('127.0.0.1', 9000);
    timeWait(1, to, { port: 40_021 });
    expect(await countedLane(laneTo(to, '127.0.0.1'), 'asking')).toMatchObject({ pool: 'source', used: 1 });
    await expectUsable(199, 'asking');
  });

  it('not yet one that connect() would take first: it is not asked about', async () => {
    timeWait(1, serve('127.0.0.1', 9000), { port: 40_020 });
    expect((await observe()).ports).toMatchObject({ blocked: 0, usable: 200 });
    expect(fillUntilRefused(serve('127.0.0.2', 9100))).toHaveLength(199);
  });
});

describe('sockets bound before they connect, when bind() has run out of ports,', () => {
  usesRange();
  needsKernel(6, 3);

  it('are told where all that is left of them are ports that connect() would take first', async () => {
    const [a, b, c, d] = [9000, 9001, 9002, 9003].map((port) => serve('127.0.0.1', port));
    if (a === undefined || b === undefined || c === undefined || d === undefined) throw new Error('no server');
    // Two lanes of the source that share a port: not all of its sockets are bound.
    for (const to of [c, d]) hold(1, to, { from: SOURCE, portRange: [40_190, 40_190] });
    hold(100, a, BOUND);
    hold(20, b, BOUND);
    await expectUsable(80, 'asking');
  });

  it('are told where two sources have used up all ports, the same ones', async () => {
    const to = serve('127.0.0.1', 9000);
    for (const from of [SOURCE, '127.0.0.4']) {
      expect(fillUntilRefused(to, { from, boundBefore: true })).toHaveLength(200);
    }
    await expectUsable(0, 'asking');
  });
});
