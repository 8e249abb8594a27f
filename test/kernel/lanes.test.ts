import { describe, expect, it } from 'vitest';
import { timeWait } from '../kit/closings.ts';
import { hold, serve } from '../kit/connections.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { settled, socketStatistics } from '../kit/socket-statistics.ts';
import { reservePorts, setPortRange } from '../kit/sysctl.ts';
import { countedLane, laneOf, laneTo } from './agreement.ts';
import { observe } from './observe.ts';

describe('lanes', () => {
  usesPrivateNamespace();

  it('count what is held to one destination and what is in TIME_WAIT to another', async () => {
    const [a, b] = [serve('127.0.0.1', 9000), serve('127.0.0.2', 9000)];
    hold(37, a);
    timeWait(53, b);
    expect(await countedLane(laneTo(a, '127.0.0.1'))).toMatchObject({
      slots: 28_232,
      used: 37,
      live: 37,
      reclaimable: 0,
      free: 28_232 - 37,
      states: { ESTABLISHED: 37 },
      pool: 'lane',
    });
    expect(await countedLane(laneTo(b, '127.0.0.1'))).toMatchObject({ used: 53, live: 0, states: { TIME_WAIT: 53 } });
  });

  it('hold both what is open and what is in TIME_WAIT', async () => {
    const to = serve('127.0.0.1', 9000);
    timeWait(20, to);
    hold(30, to);
    expect(await countedLane(laneTo(to, '127.0.0.1'))).toMatchObject({ used: 50, live: 30 });
  });

  it('use the same local ports to two destinations', async () => {
    setPortRange(40_000, 40_019);
    const [a, b] = [serve('127.0.0.1', 9000), serve('127.0.0.1', 9001)];
    const ports = [hold(20, a), hold(20, b)].map((held) => held.map(({ client }) => client.localPort).sort());
    expect(ports[0]).toEqual(ports[1]);
    for (const to of [a, b]) {
      expect(await countedLane(laneTo(to, '127.0.0.1'))).toMatchObject({ slots: 20, used: 20, free: 0, pool: 'lane' });
    }
  });

  it('differ by source, destination and port, and nothing is counted twice', async () => {
    const servers = [serve('127.0.0.1', 9000), serve('127.0.0.1', 9001), serve('127.0.0.2', 9000)];
    servers.forEach((to, index) => {
      hold(3 + index, to);
      hold(10 + index, to, { from: '127.0.0.7' });
      timeWait(20 + index, to, { from: '127.0.0.8' });
    });
    await settled();
    const lanes = (await observe()).lanes;
    expect(lanes.map((lane) => lane.used).sort((a, b) => b - a)).toEqual([22, 21, 20, 12, 11, 10, 5, 4, 3]);
    for (const { source, destination, port } of lanes) await countedLane({ source, destination, port });
  });

  it('come fullest first, and only as many as are asked for', async () => {
    const [a, b, c] = [serve('127.0.0.1', 9000), serve('127.0.0.1', 9001), serve('127.0.0.1', 9002)];
    hold(5, a);
    hold(50, b);
    hold(20, c);
    const census = await observe();
    expect(census.lanes.map((lane) => lane.port)).toEqual([9001, 9002, 9000]);
    const two = await observe({ top: 2 });
    expect(two.lanes.map((lane) => lane.port)).toEqual([9001, 9002]);
    expect(two.lanesOmitted).toBe(1);
    expect((await observe({ top: 10 })).lanes).toHaveLength(3);
    expect(await observe({ top: 0 })).toMatchObject({ lanes: [], lanesOmitted: 3, totals: { lanes: 3, used: 75 } });
  });

  it('add up to the totals', async () => {
    setPortRange(40_000, 40_999);
    const [a, b] = [serve('127.0.0.1', 9000), serve('127.0.0.2', 9000)];
    hold(30, a);
    timeWait(40, b);
    hold(7, a, { from: '127.0.0.9' });
    await settled();
    const { totals } = await observe();
    const outbound = socketStatistics().filter((row) => row.sourcePort >= 40_000 && row.sourcePort <= 40_999);
    expect(totals).toMatchObject({ lanes: 3, used: 77, live: 37, timeWait: 40 });
    expect(outbound).toHaveLength(77);
  });

  it('hold no socket on a reserved port', async () => {
    setPortRange(40_000, 40_009);
    const to = serve('127.0.0.1', 9000);
    hold(10, to);
    reservePorts('40002,40004-40005');
    const lane = laneOf(await observe(), laneTo(to, '127.0.0.1'));
    expect(lane).toMatchObject({ slots: 7, used: 7, free: 0 });
  });

  it('are none where there is no socket', async () => {
    const census = await observe();
    expect(census.lanes).toEqual([]);
    expect(census.ports).toMatchObject({ low: 32_768, high: 60_999, size: 28_232, reserved: 0, blocked: 0 });
    expect(census.ports).toMatchObject({ usable: 28_232, blockers: [] });
    expect(census.totals).toMatchObject({ lanes: 0, used: 0, live: 0, timeWait: 0 });
  });
});
