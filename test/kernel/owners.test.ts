import { describe, expect, it } from 'vitest';
import { timeWait } from '../kit/closings.ts';
import { hold, serve } from '../kit/connections.ts';
import { listenAt } from '../kit/native-socket.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { shareWithProcess } from '../kit/socket-sharing.ts';
import { settled } from '../kit/socket-statistics.ts';
import { setPortRange } from '../kit/sysctl.ts';
import { laneOf, laneTo } from './agreement.ts';
import { observe } from './observe.ts';

describe('owners', () => {
  usesPrivateNamespace();

  it('of a lane are the processes that hold its sockets, those with most first; TIME_WAIT has none', async () => {
    const to = serve('127.0.0.1', 9000);
    const [shared, given] = [hold(4, to), hold(2, to)];
    hold(6, to);
    timeWait(5, to);
    const pid = await shareWithProcess(...[...shared, ...given].map(({ client }) => client));
    for (const { client } of given) client.close();
    const lane = laneOf(await observe({ owners: true }), laneTo(to, '127.0.0.1'));
    expect(lane.used).toBe(17);
    expect(lane.processes).toMatchObject([
      { pid: process.pid, sockets: 10 },
      { pid, name: 'sleep', sockets: 6 },
    ]);
  });

  it('of sockets that several processes hold alike: at least one of them', async () => {
    const to = serve('127.0.0.1', 9000);
    const pid = await shareWithProcess(...hold(4, to).map(({ client }) => client));
    const { processes } = laneOf(await observe({ owners: true }), laneTo(to, '127.0.0.1'));
    expect(processes.length).toBeGreaterThan(0);
    for (const owner of processes) {
      expect([process.pid, pid]).toContain(owner.pid);
      expect(owner.sockets).toBe(4);
    }
  });

  it('are told for each lane of its own, not for the other ends', async () => {
    const [a, b] = [serve('127.0.0.1', 9000), serve('127.0.0.1', 9001)];
    const [toA, toB] = [hold(3, a), hold(2, b)];
    const holderOfA = await shareWithProcess(...toA.map(({ client }) => client));
    const holderOfServers = await shareWithProcess(...toB.map(({ server }) => server));
    for (const { client } of [...toA, ...toB]) client.close();
    await settled();
    const report = await observe({ owners: true });
    expect(laneOf(report, laneTo(a, '127.0.0.1')).processes).toMatchObject([{ pid: holderOfA, sockets: 3 }]);
    const toServers = laneOf(report, laneTo(b, '127.0.0.1'));
    expect(toServers).toMatchObject({ used: 2, processes: [] });
    expect(holderOfServers).not.toBe(holderOfA);
  });

  it('of what blocks ports are told too', async () => {
    setPortRange(40_000, 40_099);
    const listener = listenAt('127.0.0.9', 40_010);
    hold(12, serve('127.0.0.1', 9000), { from: '127.0.0.3', boundBefore: true });
    const pid = await shareWithProcess(listener);
    listener.close();
    const { blockers } = (await observe({ owners: true })).ports;
    const ofKind = (wanted: string) => blockers.find(({ kind }) => kind === wanted)?.processes;
    expect(ofKind('listener')).toMatchObject([{ pid, name: 'sleep', sockets: 1 }]);
    expect(ofKind('bound-before-connect')).toMatchObject([{ pid: process.pid, sockets: 12 }]);
  });
});
