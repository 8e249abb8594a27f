import { describe, expect, it } from 'vitest';
import { timeWait, timeWaitAtServer } from '../kit/closings.ts';
import { connection, hold, serve } from '../kit/connections.ts';
import { joinTo } from '../kit/links.ts';
import { createNamespace, inside } from '../kit/network-namespace.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { settled, socketStatistics } from '../kit/socket-statistics.ts';
import { setPortRange, writeSysctl } from '../kit/sysctl.ts';
import { countedLane, expectFreeIsWhatIsTaken, laneTo } from './agreement.ts';
import { observe } from './observe.ts';

describe('inbound connections', () => {
  usesPrivateNamespace();

  it('in TIME_WAIT on a port of this machine use no slot', async () => {
    const to = serve('127.0.0.1', 9000);
    timeWaitAtServer(60, to);
    await settled();
    expect(
      socketStatistics().filter(({ state, sourcePort }) => state === 'TIME_WAIT' && sourcePort === 9000),
    ).toHaveLength(60);
    const census = await observe();
    expect(census.lanes).toEqual([]);
    expect(census.totals).toMatchObject({ lanes: 0, used: 0, timeWait: 0, outsideLanes: 60, timeWaitOutsideLanes: 60 });
  });

  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['127.0.0.1', '0.0.0.0'],
    ['127.0.0.1', '::'],
    ['::1', '::'],
  ])('to %s use no slot where the port of their listener at %s lies in the range', async (address, listenAddress) => {
    setPortRange(40_000, 49_999);
    writeSysctl('ipv4.tcp_tw_reuse', 0);
    const to = serve(address, 40_050, listenAddress);
    hold(20, to);
    timeWaitAtServer(30, to);
    timeWait(15, to);
    await settled();
    const atListener = socketStatistics().filter(
      ({ state, sourcePort }) => sourcePort === 40_050 && state !== 'LISTEN',
    );
    // A connection from a port that the server holds in TIME_WAIT takes its place: there may be a few less than 50.
    expect(atListener.length).toBeGreaterThan(40);
    const census = await observe();
    expect(census.lanes).toHaveLength(1);
    expect(await countedLane(laneTo(to, address))).toMatchObject({ slots: 9_999, used: 35, live: 20 });
  });

  it('use no slot where they come from another namespace, to a port of the range', async () => {
    setPortRange(40_000, 40_099);
    const other = createNamespace();
    const near = { link: 'near', addresses: ['10.77.0.1/24'] };
    joinTo(other, near, { link: 'far', addresses: ['10.77.0.2/24'] });
    const [here, there] = [serve('10.77.0.1', 40_050), inside(other, () => serve('10.77.0.2', 80))];
    inside(other, () => hold(20, here));
    hold(5, there);
    const census = await observe();
    expect(census.lanes).toHaveLength(1);
    expect(await countedLane(laneTo(there, '10.77.0.1'))).toMatchObject({ used: 5, slots: 99 });
  });

  it('do not hide an outbound one whose port a listener at another address has', async () => {
    setPortRange(40_000, 40_099);
    const inbound = serve('127.0.0.9', 40_050);
    hold(3, inbound);
    const to = serve('127.0.0.1', 9000);
    expect(connection(to, { from: '127.0.0.1', port: 40_050 }).client.localPort).toBe(40_050);
    const lane = await countedLane(laneTo(to, '127.0.0.1'));
    expect(lane).toMatchObject({ used: 1, slots: 100 });
    await expectFreeIsWhatIsTaken(to, laneTo(to, '127.0.0.1'));
  });
});
