import { readlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { closeWait, orphanFinWait2, synSent, timeWait, timeWaitAtServer } from './closings.ts';
import { connection, hold, serve } from './connections.ts';
import { fillUntilRefused, fillWithSynSent, fillWithTimeWait } from './fill.ts';
import { blackHole } from './links.ts';
import { usesPrivateNamespace } from './private-namespace.ts';
import { shareWithProcess } from './socket-sharing.ts';
import { countedStates, settled, socketStatistics } from './socket-statistics.ts';
import { setPortRange, writeSysctl } from './sysctl.ts';

const A = ['127.0.0.1', '127.0.0.1', 9000] as const;

describe('connections', () => {
  usesPrivateNamespace();

  it('are held, from the address and the port that are asked for', () => {
    const to = serve('127.0.0.2', 9000);
    hold(3, to);
    hold(2, to, { from: '127.0.0.7' });
    expect(connection(to, { from: '127.0.0.8', port: 41_000 }).client.localPort).toBe(41_000);
    expect(countedStates('127.0.0.1', '127.0.0.2', 9000)).toEqual({ ESTABLISHED: 3 });
    expect(countedStates('127.0.0.7', '127.0.0.2', 9000)).toEqual({ ESTABLISHED: 2 });
    expect(countedStates('127.0.0.8', '127.0.0.2', 9000)).toEqual({ ESTABLISHED: 1 });
  });

  it('are left in TIME_WAIT at the end that closes first', async () => {
    const to = serve('127.0.0.1', 9000);
    timeWait(20, to);
    timeWaitAtServer(7, to);
    await settled();
    expect(countedStates(...A)).toEqual({ TIME_WAIT: 20 });
    const atServer = socketStatistics().filter((row) => row.state === 'TIME_WAIT' && row.sourcePort === 9000);
    expect(atServer).toHaveLength(7);
  });

  it('are left in FIN_WAIT2 and in CLOSE_WAIT where only one end closes', async () => {
    const to = serve('127.0.0.1', 9000);
    const servers = orphanFinWait2(4, to);
    closeWait(3, to);
    await settled();
    expect(countedStates(...A)).toEqual({ FIN_WAIT2: 4, CLOSE_WAIT: 3 });
    for (const server of servers) server.close();
    await settled();
    expect(countedStates(...A)).toEqual({ TIME_WAIT: 4, CLOSE_WAIT: 3 });
  });

  it('are never answered by a black hole', () => {
    blackHole({ link: 'hole', addresses: ['10.66.0.1/24', 'fd66::1/64'] });
    synSent(5, { address: '10.66.0.9', port: 80 });
    synSent(2, { address: 'fd66::9', port: 80 });
    expect(countedStates('10.66.0.1', '10.66.0.9', 80)).toEqual({ SYN_SENT: 5 });
    expect(countedStates('fd66::1', 'fd66::9', 80)).toEqual({ SYN_SENT: 2 });
  });

  it('are taken until the kernel refuses', async () => {
    setPortRange(40_000, 40_099);
    blackHole({ link: 'hole', addresses: ['10.66.0.1/24'] });
    expect(fillUntilRefused(serve('127.0.0.1', 9000))).toHaveLength(100);
    expect(fillUntilRefused(serve('127.0.0.1', 9001), { mapped: true })).toHaveLength(100);
    writeSysctl('ipv4.tcp_tw_reuse', 0);
    expect(fillWithTimeWait(serve('127.0.0.1', 9002), { portRange: [40_000, 40_099] })).toBe(100);
    expect(fillWithSynSent({ address: '10.66.0.9', port: 80 })).toHaveLength(100);
    await settled();
    expect(countedStates('127.0.0.1', '127.0.0.1', 9002)).toEqual({ TIME_WAIT: 100 });
  });

  it('are shared with a process, which holds no others', async () => {
    const [shared, own] = hold(2, serve('127.0.0.1', 9000));
    if (shared === undefined || own === undefined) throw new Error('no connection');
    const pid = await shareWithProcess(shared.client);
    const file = (of: number | string, fd: number): string => readlinkSync(`/proc/${of}/fd/${fd}`);
    expect(file(pid, 3)).toBe(file('self', shared.client.fd));
    expect(() => file(pid, own.client.fd)).toThrow('ENOENT');
  });
});
