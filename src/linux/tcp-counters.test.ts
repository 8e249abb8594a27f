import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeWait } from '../../test/kit/closings.ts';
import { serve } from '../../test/kit/connections.ts';
import { fillUntilRefused, fillWithTimeWait } from '../../test/kit/fill.ts';
import { needsSysctl } from '../../test/kit/kernel-version.ts';
import { createNamespace, inside } from '../../test/kit/network-namespace.ts';
import { usesPrivateNamespace } from '../../test/kit/private-namespace.ts';
import { setPortRange, writeSysctl } from '../../test/kit/sysctl.ts';
import { parseTcpCounters, readTcpCounters } from './tcp-counters.ts';

/** /proc/net/netstat of a kernel with these counters, in their order. */
function netstat(counters: Readonly<Record<string, number | string>>): string {
  return [
    `TcpExt: ${Object.keys(counters).join(' ')}`,
    `TcpExt: ${Object.values(counters).join(' ')}`,
    'IpExt: InNoRoutes TWRecycled',
    'IpExt: 7 8',
    'MPTcpExt: TCPTimeWaitOverflow',
    'MPTcpExt: 9',
    '',
  ].join('\n');
}

describe('the TCP counters', () => {
  it('are found by their names, wherever they stand', () => {
    const others = fc.uniqueArray(fc.constantFrom('SyncookiesSent', 'TW', 'TWKilled', 'PAWSActive', 'TCPTimeouts'));
    fc.assert(
      fc.property(others, others, fc.nat(), fc.maxSafeNat(), (before, after, overflows, reuses) => {
        const counters = Object.fromEntries([
          ...before.map((name, index) => [name, index] as const),
          ['TCPTimeWaitOverflow', overflows] as const,
          ...after.map((name, index) => [name, index] as const),
          ['TWRecycled', reuses] as const,
        ]);
        expect(parseTcpCounters(netstat(counters))).toEqual({ timeWaitOverflows: overflows, timeWaitReuses: reuses });
      }),
    );
  });

  it('are unknown one by one where the kernel does not have them', () => {
    expect(parseTcpCounters(netstat({ TW: 3, TWRecycled: 4 }))).toEqual({ timeWaitOverflows: null, timeWaitReuses: 4 });
    expect(parseTcpCounters(netstat({ TWRecycled: '-', TCPTimeWaitOverflow: 0 }))).toEqual({
      timeWaitOverflows: 0,
      timeWaitReuses: null,
    });
  });

  it.each([
    ['nothing', ''],
    ['another file', 'TCP: inuse 7 orphan 0 tw 3 alloc 9 mem 1\n'],
    ['names without values', 'TcpExt: TW TWRecycled\n'],
    ['fewer values than names', 'TcpExt: TW TWRecycled\nTcpExt: 1\n'],
    ['a group that comes twice', netstat({ TWRecycled: 1 }) + netstat({ TWRecycled: 2 })],
  ])('are not known from %s', (_, text) => expect(parseTcpCounters(text)).toBeNull());

  describe('of a namespace', () => {
    usesPrivateNamespace();

    it('are those of the namespace that the thread is in', () => {
      writeSysctl('ipv4.tcp_max_tw_buckets', 2);
      timeWait(5, serve('127.0.0.1', 9000));
      expect(readTcpCounters()).toEqual({ timeWaitOverflows: 3, timeWaitReuses: 0 });
      expect(inside(createNamespace(), readTcpCounters)).toEqual({ timeWaitOverflows: 0, timeWaitReuses: 0 });
      expect(readTcpCounters()).toEqual({ timeWaitOverflows: 3, timeWaitReuses: 0 });
    });

    describe('with tcp_tw_reuse_delay', () => {
      needsSysctl('ipv4.tcp_tw_reuse_delay');

      it('tell how many TIME_WAIT sockets connect() took over', async () => {
        setPortRange(40_000, 40_019);
        writeSysctl('ipv4.tcp_tw_reuse', 0);
        const to = serve('127.0.0.1', 9000);
        expect(fillWithTimeWait(to)).toBe(20);
        writeSysctl('ipv4.tcp_tw_reuse_delay', 1);
        writeSysctl('ipv4.tcp_tw_reuse', 2);
        await sleep(100);
        expect(fillUntilRefused(to)).toHaveLength(20);
        expect(readTcpCounters()).toMatchObject({ timeWaitReuses: 20 });
      });
    });
  });
});
