import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { ObservedRates } from '../../src/census/observed-rates.ts';
import { takeCensus } from '../../src/census/take-census.ts';
import { ClosesWatch } from '../../src/census/watch-closes.ts';
import { openNamespace } from '../../src/linux/network-namespace.ts';
import { isPortBlocked } from '../../src/linux/port-probe.ts';
import { reportMachine } from '../../src/machine/machine-report.ts';
import { watchNamespaces } from '../../src/machine/watch-namespaces.ts';
import { formatEndpoint } from '../../src/tcp/lane.ts';
import { synSent, timeWait, timeWaitAtServer } from '../kit/closings.ts';
import { type ClientOptions, connection, hold, type Server, serve } from '../kit/connections.ts';
import { fillUntilRefused } from '../kit/fill.ts';
import { blackHole } from '../kit/links.ts';
import { NativeSocket } from '../kit/native-socket.ts';
import { createNamespace, inside, type NetworkNamespace } from '../kit/network-namespace.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { encodeSocketAddress } from '../kit/socket-address.ts';
import { shareWithProcess } from '../kit/socket-sharing.ts';
import { settled } from '../kit/socket-statistics.ts';
import { setPortRange, writeSysctl } from '../kit/sysctl.ts';
import { dropCapabilities } from '../kit/without-capabilities.ts';
import { examineHere } from './examination.ts';

/** The kernel tells of a close a moment later. */
const TOLD_MS = 100;

interface Seen {
  /** Of the lane to this endpoint; undefined where it is not in the census. */
  of(to: { readonly address: string; readonly port: number }): (ObservedRates & { closes: number }) | null | undefined;
  bytes(to: { readonly address: string; readonly port: number }): number | null;
  readonly notes: readonly string[];
}

/** What a watch sees of what goes on meanwhile. */
async function watch(meanwhile: () => unknown): Promise<Seen> {
  const watching = await ClosesWatch.start();
  await meanwhile();
  await sleep(TOLD_MS);
  watching.stop();
  const taken = await takeCensus();
  const { observed, bytesPerConnection, notes } = watching.compare(taken);
  const lanes = new Map(
    taken.census.lanes().map(({ destination, port, index }) => [formatEndpoint(destination, port), index]),
  );
  const laneOf = ({ address, port }: { address: string; port: number }) => lanes.get(formatEndpoint(address, port));
  return {
    of: (to) => {
      const lane = laneOf(to);
      if (lane === undefined) return undefined;
      const rates = observed(lane);
      return rates === null ? null : { ...rates, closes: Math.round(rates.closesPerSecond * (rates.seconds ?? 0)) };
    },
    bytes: (to) => bytesPerConnection(laneOf(to) ?? -1),
    notes,
  };
}

/** @returns how many there were per second, by the clock */
async function steadily(perSecond: number, seconds: number, open: (count: number) => void): Promise<number> {
  const start = performance.now();
  for (let opened = 0; ; ) {
    const elapsed = (performance.now() - start) / 1_000;
    const due = Math.floor(Math.min(elapsed, seconds) * perSecond) - opened;
    open(due);
    opened += due;
    if (elapsed >= seconds) return opened / elapsed;
    await sleep(5);
  }
}

function resets(count: number, to: Server, options: ClientOptions = {}): void {
  for (let left = count; left > 0; left -= 1) {
    const { client, server } = connection(to, options);
    client.abort();
    server.close();
  }
}

const NOTHING = { opensPerSecond: 0, closesPerSecond: 0, timeWaitsPerSecond: 0 };

describe('a watch over closes', () => {
  usesPrivateNamespace();

  it('tells how often a lane is opened whose other end closes first, where nothing else does', async () => {
    const to = serve('127.0.0.1', 9000);
    hold(3, to);
    const watching = await ClosesWatch.start();
    const perSecond = await steadily(300, 2, (count) => timeWaitAtServer(count, to));
    const { lanes } = (await examineHere({ thorough: false, watch: watching })).namespace;
    expect(lanes).toMatchObject([{ port: 9000, used: 3 }]);
    expect((lanes[0]?.opensPerSecond ?? 0) / perSecond).toBeGreaterThan(0.9);
    expect((lanes[0]?.opensPerSecond ?? 0) / perSecond).toBeLessThan(1.1);
    const unwatched = await examineHere({ thorough: false });
    expect(unwatched.namespace.lanes).toMatchObject([{ port: 9000, opensPerSecond: null }]);
  });

  it('counts every close of each lane, in IPv4, IPv6 and IPv4 by an IPv6 socket', async () => {
    const [v4, v6] = [serve('127.0.0.1', 9000), serve('::1', 9000)];
    const mapped = serve('127.0.0.2', 9000);
    for (const to of [v4, v6, mapped]) hold(1, to);
    const seen = await watch(async () => {
      timeWaitAtServer(70, v4);
      timeWaitAtServer(50, v6);
      timeWaitAtServer(30, mapped, { mapped: true });
    });
    expect([v4, v6, mapped].map((to) => seen.of(to)?.closes)).toEqual([70, 50, 30]);
    for (const to of [v4, v6, mapped]) {
      const { opensPerSecond, closesPerSecond, timeWaitsPerSecond } = seen.of(to) ?? NOTHING;
      expect(opensPerSecond).toBe(closesPerSecond);
      expect(timeWaitsPerSecond).toBe(0);
      expect(seen.bytes(to)).toBe(0);
    }
    expect(seen.notes).toEqual([]);
  });

  it.each([0, 2])('agrees with TIME_WAIT where this end closes first, with tcp_tw_reuse at %i', async (reuse) => {
    writeSysctl('ipv4.tcp_tw_reuse', reuse);
    const to = serve('127.0.0.1', 9000);
    hold(5, to);
    let perSecond = 0;
    const seen = await watch(async () => {
      perSecond = await steadily(400, 2.5, (count) => timeWait(count, to));
    });
    const {
      opensPerSecond,
      closesPerSecond,
      timeWaitsPerSecond,
      seconds = 0,
    } = seen.of(to) ?? (NOTHING as ObservedRates);
    const expected = (perSecond * 2.5) / seconds;
    for (const rate of [opensPerSecond, closesPerSecond]) {
      expect(rate / expected).toBeGreaterThan(0.95);
      expect(rate / expected).toBeLessThan(1.05);
    }
    // The last second alone may be counted, of which the end passed without traffic.
    expect(timeWaitsPerSecond / expected).toBeGreaterThan(0.7);
    expect(timeWaitsPerSecond).toBeLessThanOrEqual(closesPerSecond);
  });

  it('tells the opens of a lane that only grows, and that one that only shrinks has none', async () => {
    const [growing, shrinking] = [serve('127.0.0.1', 9000), serve('127.0.0.1', 9001)];
    const held = hold(60, shrinking);
    const seen = await watch(async () => {
      await steadily(100, 1, (count) => void hold(count, growing));
      for (const { client, server } of held.slice(0, 40)) {
        server.close();
        client.awaitEnd();
        client.close();
      }
    });
    const { opensPerSecond = 0, seconds = 0, ...grown } = seen.of(growing) ?? {};
    expect(grown).toMatchObject({ closesPerSecond: 0, timeWaitsPerSecond: 0 });
    // Between the censuses there is more time than the watch takes.
    expect(opensPerSecond * seconds).toBeGreaterThan(60);
    expect(opensPerSecond * seconds).toBeLessThan(101);
    const shrunk = seen.of(shrinking);
    expect(shrunk?.closes).toBe(40);
    expect(shrunk?.opensPerSecond).toBeLessThan(0.5 * (shrunk?.closesPerSecond ?? 0));
  });

  it('knows that nothing happens where nothing does', async () => {
    const to = serve('127.0.0.1', 9000);
    hold(5, to);
    const seen = await watch(() => sleep(200));
    expect(seen.of(to)).toMatchObject(NOTHING);
    expect(seen.bytes(to)).toBeNull();
    expect(seen.notes).toEqual([]);
  });

  it('counts no socket that held no slot: refused, without a port, idle, listening, inbound, or a question about a port', async () => {
    setPortRange(40_000, 40_019);
    const [to, inRange] = [serve('127.0.0.1', 9000), serve('127.0.0.1', 40_007)];
    fillUntilRefused(to);
    hold(1, inRange);
    const seen = await watch(async () => {
      for (let count = 0; count < 10; count += 1) {
        const refused = NativeSocket.open(2);
        expect(refused.tryConnect(encodeSocketAddress('127.0.0.1', 9000))).toBe('EADDRNOTAVAIL');
        refused.close();
        const unheard = NativeSocket.open(2, { blocking: false });
        unheard.tryConnect(encodeSocketAddress('127.0.0.1', 9));
        const blocking = NativeSocket.open(2);
        expect(blocking.tryConnect(encodeSocketAddress('127.0.0.1', 9))).toBe('ECONNREFUSED');
        for (const socket of [unheard, blocking]) socket.close();
        NativeSocket.open(2).bind('127.0.0.9', 40_003).close();
        serve('127.0.0.9', 40_005).listener.close();
        isPortBlocked(40_001);
      }
      timeWaitAtServer(5, inRange);
    });
    expect(seen.of(to)).toMatchObject(NOTHING);
    expect(seen.of(inRange)).toMatchObject({ closes: 5 });
    expect(seen.of({ address: '127.0.0.1', port: 9 })).toBeUndefined();
    expect(seen.notes).toEqual([]);
  });

  it('counts a connect() that was given up without an answer: its slot was held', async () => {
    blackHole({ link: 'hole', addresses: ['10.66.0.1/24'] });
    const to = { address: '10.66.0.9', port: 80 };
    const given = synSent(20, to);
    const seen = await watch(() => {
      for (const socket of given.slice(0, 15)) socket.close();
      synSent(10, to);
    });
    const rates = seen.of(to);
    expect(rates?.closes).toBe(15);
    const { opensPerSecond = 0, seconds = 0 } = rates ?? {};
    expect(opensPerSecond * seconds).toBeGreaterThan(9);
    expect(opensPerSecond * seconds).toBeLessThan(15);
  });

  it('counts connections that either end has reset, and owns up where the kernel does not tell of which lane they were', async () => {
    const [only, byPeer, first, second] = [
      serve('127.0.0.1', 9000),
      serve('127.0.0.2', 9000),
      serve('127.0.0.3', 9000),
      serve('127.0.0.3', 9001),
    ];
    for (const to of [only, byPeer, first, second]) hold(1, to);
    const seen = await watch(() => {
      resets(25, only);
      for (let count = 0; count < 15; count += 1) {
        const { client, server } = connection(byPeer);
        server.abort();
        client.close();
      }
      resets(10, first);
      timeWaitAtServer(20, second);
    });
    expect([only, byPeer].map((to) => seen.of(to)?.closes)).toEqual([25, 15]);
    expect([first, second].map((to) => seen.of(to))).toEqual([null, null]);
    expect(seen.notes).toEqual([expect.stringMatching(/^The rates of 2 lanes are not known: .* reset/)]);
  });

  it('tells the lanes of resets apart by their source where the socket was bound to it', async () => {
    const to = serve('127.0.0.1', 9000);
    hold(1, to, { from: '127.0.0.5' });
    hold(1, serve('127.0.0.1', 9001), { from: '127.0.0.6' });
    const seen = await watch(() => resets(12, to, { from: '127.0.0.5' }));
    expect(seen.of(to)?.closes).toBe(12);
    expect(seen.of({ address: '127.0.0.1', port: 9001 })).toMatchObject(NOTHING);
  });

  it('says how many closed in lanes that are not listed, since no slot of theirs is held', async () => {
    const to = serve('127.0.0.1', 9000);
    const seen = await watch(() => timeWaitAtServer(200, to));
    await settled();
    expect(seen.of(to)).toBeUndefined();
    expect(seen.notes).toEqual([expect.stringMatching(/closed at [\d,.]+ per second in lanes that hold no slot now/)]);
  });

  it('gives no rate that may be too low where the kernel had to drop events', async () => {
    const to = serve('127.0.0.1', 9000);
    hold(2, to);
    const giveBack = dropCapabilities();
    try {
      // More at once than an unprivileged socket holds, while nobody reads.
      const seen = await watch(() => {
        for (let count = 0; count < 100_000; count += 1) NativeSocket.open(2).close();
      });
      expect(seen.of(to)).toBeNull();
      expect(seen.notes).toEqual([expect.stringContaining('some closes were missed')]);
    } finally {
      giveBack();
    }
  });

  it('needs no privilege', async () => {
    const to = serve('127.0.0.1', 9000);
    hold(2, to);
    const giveBack = dropCapabilities();
    try {
      const seen = await watch(() => steadily(500, 0.5, (count) => timeWaitAtServer(count, to)));
      expect(seen.of(to)?.closes).toBe(250);
      expect(seen.notes).toEqual([]);
    } finally {
      giveBack();
    }
  });
});

describe('watches over many namespaces', () => {
  usesPrivateNamespace();

  function createMany(count: number): { namespace: NetworkNamespace; to: Server }[] {
    return Array.from({ length: count }, () => {
      const namespace = createNamespace();
      return { namespace, to: inside(namespace, () => serve('127.0.0.1', 9000)) };
    });
  }

  it('are kept at the same time: what happens at once in all of them is seen in each', async () => {
    const many = createMany(6);
    for (const { namespace, to } of many) inside(namespace, () => hold(2, to));
    const handles = many.map(({ namespace }) => openNamespace(namespace.path));
    try {
      const watches = await watchNamespaces(handles, 100);
      for (const [index, { namespace, to }] of many.entries()) {
        inside(namespace, () => timeWaitAtServer(10 * (index + 1), to));
      }
      await sleep(TOLD_MS);
      const closes: number[] = [];
      for (const handle of handles) {
        const watching = watches.get(handle.inode);
        watching?.stop();
        const rates = watching?.compare(await takeCensus({ namespace: handle })).observed(0);
        closes.push(Math.round((rates?.closesPerSecond ?? 0) * (rates?.seconds ?? 0)));
      }
      expect(closes).toEqual([10, 20, 30, 40, 50, 60]);
    } finally {
      for (const handle of handles) handle.close();
    }
  });

  it('give each its own rates with --all', { timeout: 60_000 }, async () => {
    const many = createMany(4);
    for (const { namespace, to } of many) {
      const held = inside(namespace, () => hold(2, to));
      // A process in it, by which it is found.
      await inside(namespace, () => shareWithProcess(...held.map(({ client }) => client)));
    }
    let isOver = false;
    const options = { all: true, top: 10, owners: 0, thorough: false, watchCloses: 500 };
    const report = reportMachine(options, () => {}).finally(() => {
      isOver = true;
    });
    for (; !isOver; await sleep(10)) {
      for (const [index, { namespace, to }] of many.entries()) {
        inside(namespace, () => timeWaitAtServer(index + 1, to));
      }
    }
    const { namespaces } = await report;
    const rates = many.map(({ namespace }) => {
      const { lanes } = namespaces.find(({ inode }) => inode === namespace.inode) ?? {};
      return lanes?.[0]?.opensPerSecond ?? 0;
    });
    const [first = 0] = rates;
    expect(first).toBeGreaterThan(0);
    for (const [index, rate] of rates.entries()) {
      expect(rate / first / (index + 1)).toBeGreaterThan(0.6);
      expect(rate / first / (index + 1)).toBeLessThan(1.6);
    }
  });
});
