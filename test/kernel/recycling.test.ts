import { readdirSync, readlinkSync, readSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type NamespaceHandle, ownNamespace } from '../../src/linux/network-namespace.ts';
import { type RecycledLane, type RecycleOptions, type RecycleSummary, recycle } from '../../src/recycling/recycle.ts';
import { recycleTimeWait } from '../../src/remedies/recycle-time-wait.ts';
import { modelSustainableOpensPerSecond } from '../../src/tcp/lane-model.ts';
import { parseLanePattern } from '../../src/tcp/lane-pattern.ts';
import type { NetworkQuality } from '../../src/tcp/network-quality.ts';
import { loseOneIn } from '../kit/bad-network.ts';
import { closeInOrder, closeWait, orphanFinWait2, timeWait, timeWaitAtServer } from '../kit/closings.ts';
import { type ClientOptions, type Connection, connection, hold, type Server, serve } from '../kit/connections.ts';
import { needsKernel } from '../kit/kernel-version.ts';
import { addAddress, joinTo } from '../kit/links.ts';
import { cycleSeconds, drive } from '../kit/load.ts';
import { machineLike, situationLike } from '../kit/machines.ts';
import { needsPrograms } from '../kit/needs.ts';
import { createNamespace, inside, type NetworkNamespace } from '../kit/network-namespace.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { settled, socketStatistics } from '../kit/socket-statistics.ts';
import { openSteadily } from '../kit/steady-load.ts';
import { reservePorts, setPortRange } from '../kit/sysctl.ts';
import { dropCapabilities } from '../kit/without-capabilities.ts';
import { expectReached } from './remedy-proof.ts';

needsKernel(6, 0);
usesPrivateNamespace();

/** An address that is none of loopback's: its network is measured as any other. */
const HERE = '10.9.9.1';
const PORT = 9000;
/** Enough live connections to judge a network by. */
const KEPT = 6;
/** Of a lane whose retransmission timeout is the least that there is, and of one whose is not known. */
const [LEAST_AGE_SECONDS, UNKNOWN_AGE_SECONDS] = [1, 3.5];
/** The kernel's clock for timers goes on in steps. */
const TICK_MS = 10;
const EVERY_OLD_ONE = { kind: 'slots', slots: 0 } as const;

/** A server whose clients have so many slots towards it. */
function laneHere(slots: number, address = HERE): Server {
  setPortRange(40_000, 40_000 + slots - 1);
  addAddress('lo', address.includes(':') ? `${address}/128` : `${address}/32`);
  return serve(address, PORT);
}

type Asked = Partial<Omit<RecycleOptions, 'pattern'>> & { readonly lane?: string };

async function recycleHere({ lane = `*:${PORT}`, ...more }: Asked = {}): Promise<RecycleSummary> {
  const namespace: NamespaceHandle = ownNamespace();
  try {
    return await recycle({
      ...{ namespace, pattern: parseLanePattern(lane), threshold: { kind: 'cliff' }, force: false, seconds: null },
      ...{ dryRun: false, ...more },
    });
  } finally {
    namespace.close();
  }
}

/** Waits until so many TIME_WAIT slots of the only lane are old enough to be released. */
async function untilOld(count: number, asked: Asked = {}): Promise<void> {
  for (;;) {
    const { lanes } = await recycleHere({ ...asked, threshold: EVERY_OLD_ONE, dryRun: true });
    if ((lanes[0] as RecycledLane).old >= count) return;
    await sleep(50);
  }
}

/** Opens connections and closes them, the client first. @returns their ports */
function closed(count: number, to: Server, options: ClientOptions = {}): number[] {
  return Array.from({ length: count }, () => {
    const { client, server } = connection(to, options);
    const port = client.localPort;
    closeInOrder(client, server);
    return port;
  });
}

/** The local ports of the clients' sockets in a state, as `ss` sees them. */
function portsIn(state: string, port = PORT): number[] {
  const rows = socketStatistics().filter((row) => row.state === state && row.port === port);
  return rows.map(({ sourcePort }) => sourcePort).sort((a, b) => a - b);
}

/** How many sockets this process has open. */
function openSockets(): number {
  return readdirSync('/proc/self/fd').filter((fd) => linkOf(fd).startsWith('socket:')).length;
}

function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return '';
  }
}

/** How many connections are in each state, on all addresses: only ends whose local port is in the range. */
function statesHere(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state, sourcePort } of socketStatistics()) {
    if (state !== 'LISTEN' && sourcePort >= 40_000) counts[state] = (counts[state] ?? 0) + 1;
  }
  return counts;
}

describe('recycling once', () => {
  it.each([
    ['IPv4', HERE, {}],
    ['IPv4-mapped', HERE, { mapped: true }],
    ['IPv6', 'fd00:9::1', {}],
  ] as const)('releases the oldest slots of a lane, down to the threshold: %s', async (_, address, options) => {
    const to = laneHere(100, address);
    hold(KEPT, to, options);
    const oldest = closed(20, to, options);
    await sleep(5 * TICK_MS);
    const younger = closed(20, to, options);
    await untilOld(40);
    const summary = await recycleHere({ threshold: { kind: 'slots', slots: KEPT + 20 } });
    expect(summary).toMatchObject({ released: 20, gone: 0, looks: 2, lanesOmitted: 0 });
    expect(summary.lanes).toMatchObject([
      {
        ...{ source: address, destination: address, port: PORT, slots: 100, threshold: KEPT + 20, safe: true },
        ...{ ageSeconds: LEAST_AGE_SECONDS, refused: false, usedBefore: KEPT + 40, usedMost: KEPT + 40 },
        ...{ used: KEPT + 20, old: 20, released: 20, opensPerSecond: null },
      },
    ]);
    expect(portsIn('TIME_WAIT')).toEqual(younger.toSorted((a, b) => a - b));
    expect(portsIn('TIME_WAIT')).not.toEqual(expect.arrayContaining([oldest[0]]));
    expect(portsIn('ESTABLISHED')).toHaveLength(KEPT);
  });

  it('releases none that is younger than it must be', async () => {
    const to = laneHere(100);
    hold(KEPT, to);
    closed(20, to);
    await untilOld(20);
    const start = performance.now();
    const young = closed(30, to);
    const summary = await recycleHere({ threshold: EVERY_OLD_ONE });
    const ranMs = performance.now() - start;
    const left = portsIn('TIME_WAIT');
    expect(summary.released).toBe(50 - left.length);
    // Unless it took so long that they had come of age.
    if (ranMs < 1_000 * LEAST_AGE_SECONDS - TICK_MS) expect(left).toEqual(young.toSorted((a, b) => a - b));
  });

  it('touches neither live connections nor FIN_WAIT2, nor what is inbound or on a reserved port', async () => {
    const to = laneHere(200);
    const other = createNamespace();
    joinTo(other, { link: 'near', addresses: ['10.77.0.1/24'] }, { link: 'far', addresses: ['10.77.0.2/24'] });
    const inbound = serve('10.77.0.1', 40_050);
    inside(other, () => timeWaitAtServer(8, inbound));
    reservePorts('40090');
    closed(1, to, { port: 40_090 });
    orphanFinWait2(5, to);
    closeWait(4, to);
    hold(KEPT, to);
    timeWait(20, to);
    await settled();
    const before = statesHere();
    expect(before).toEqual({ ESTABLISHED: KEPT, FIN_WAIT2: 5, CLOSE_WAIT: 4, TIME_WAIT: 29 });
    await untilOld(20);
    const summary = await recycleHere({ lane: '*>*:*', threshold: EVERY_OLD_ONE, force: true });
    expect(summary).toMatchObject({ released: 20, lanes: [{ used: KEPT + 9, old: 0 }] });
    expect(statesHere()).toEqual({ ...before, TIME_WAIT: 9 });
  });

  it('leaves other lanes alone', async () => {
    const to = laneHere(100);
    const other = serve(HERE, PORT + 1);
    for (const server of [to, other]) {
      hold(KEPT, server);
      timeWait(30, server);
    }
    await untilOld(30);
    await untilOld(30, { lane: `*:${PORT + 1}` });
    await recycleHere({ threshold: EVERY_OLD_ONE });
    expect([portsIn('TIME_WAIT'), portsIn('TIME_WAIT', PORT + 1)].map(({ length }) => length)).toEqual([0, 30]);
  });

  it('releases nothing of a lane that is not above its threshold', async () => {
    const to = laneHere(100);
    hold(KEPT, to);
    timeWait(30, to);
    await untilOld(30);
    const { released, lanes } = await recycleHere();
    expect(released).toBe(0);
    expect(lanes).toMatchObject([{ threshold: 49, used: KEPT + 30, released: 0, refused: false, safe: null }]);
    expect(portsIn('TIME_WAIT')).toHaveLength(30);
  });

  it('stops just below the cliff', async () => {
    const to = laneHere(100);
    hold(KEPT, to);
    timeWait(94, to);
    await untilOld(94);
    const { lanes } = await recycleHere();
    expect(lanes).toMatchObject([{ usedBefore: 100, used: 49, threshold: 49, released: 51 }]);
    // The first pass has a port: one that has the parity of the range's low end.
    expect(connection(to).client.localPort % 2).toBe(0);
  });

  it('can be tried without privileges: nothing is released', async () => {
    const to = laneHere(100);
    hold(KEPT, to);
    timeWait(80, to);
    await untilOld(80);
    const giveBack = dropCapabilities();
    try {
      const { released, lanes } = await recycleHere({ dryRun: true });
      expect(released).toBe(37);
      expect(lanes).toMatchObject([{ used: 86, old: 80, threshold: 49, released: 37, refused: false }]);
      await expect(recycleHere()).rejects.toMatchObject({ code: 'FT_PRIVILEGE' });
    } finally {
      giveBack();
    }
    expect(portsIn('TIME_WAIT')).toHaveLength(80);
  });

  it('says which lanes there are where none matches, and keeps no socket', async () => {
    const to = laneHere(100);
    hold(3, to);
    const before = openSockets();
    await expect(recycleHere({ lane: '10.1.0.0/16>*:80' })).rejects.toMatchObject({
      code: 'FT_ARGUMENT',
      message: `no lane matches 10.1.0.0/16>*:80: there are ${HERE}>${HERE}:${PORT}`,
    });
    await recycleHere();
    expect(openSockets()).toBe(before);
  });
});

describe('recycling on a network', () => {
  needsPrograms('nft');

  /** A server on another host, with connections to it. */
  function elsewhere(): {
    readonly to: Server;
    readonly there: NetworkNamespace;
    readonly kept: readonly Connection[];
  } {
    setPortRange(40_000, 40_099);
    const there = createNamespace();
    joinTo(there, { link: 'near', addresses: ['10.77.0.1/24'] }, { link: 'far', addresses: ['10.77.0.2/24'] });
    const to = inside(there, () => serve('10.77.0.2', PORT));
    timeWait(20, to);
    return { to, there, kept: hold(10, to) };
  }

  /** From now on segments are lost, as these connections find out. */
  function turnBad(there: NetworkNamespace, connections: readonly Connection[]): void {
    loseOneIn(20, there);
    for (const { client, server } of connections) {
      for (let round = 0; round < 10; round += 1) {
        writeSync(client.fd, 'request');
        readSync(server.fd, new Uint8Array(7));
      }
    }
  }

  it('that is bad releases nothing, but by the word of a person', async () => {
    const { there, kept } = elsewhere();
    turnBad(there, kept);
    await untilOld(20);
    await expect(recycleHere({ threshold: EVERY_OLD_ONE })).rejects.toMatchObject({
      code: 'FT_REMEDY',
      message: expect.stringMatching(
        /^10\.77\.0\.1>10\.77\.0\.2:9000 may not be recycled: private network, but .*retrans/,
      ),
      hint: expect.stringContaining('--force'),
    });
    const { lanes, released } = await recycleHere({ threshold: EVERY_OLD_ONE, dryRun: true });
    expect([lanes[0]?.refused, released]).toEqual([true, 0]);
    expect(portsIn('TIME_WAIT')).toHaveLength(20);
    const forced = await recycleHere({ threshold: EVERY_OLD_ONE, force: true });
    expect(forced).toMatchObject({ released: 20, lanes: [{ safe: false, refused: false, used: 10 }] });
  });

  it('that turns bad is recycled no more', { timeout: 40_000 }, async () => {
    const { to, there, kept } = elsewhere();
    const abort = new AbortController();
    let refusedAt = Number.POSITIVE_INFINITY;
    let isBad = false;
    const summary = await recycleHere({
      ...{ threshold: EVERY_OLD_ONE, seconds: Number.POSITIVE_INFINITY, signal: abort.signal },
      onProgress: ({ lanes, looks, released }) => {
        if (released === 20 && !isBad) {
          isBad = true;
          turnBad(there, kept);
        }
        if (lanes[0]?.refused === true && looks < refusedAt) {
          refusedAt = looks;
          timeWait(15, to);
        }
        // Three seconds: they are old by then.
        if (looks === refusedAt + 6) abort.abort();
      },
    });
    expect(summary).toMatchObject({ released: 20, lanes: [{ safe: false, refused: true, old: 15, used: 25 }] });
    expect(summary.lanes[0]?.reason).toContain('retransmitted');
  });

  it('that nobody lives on to measure releases nothing, but by the word of a person', async () => {
    const { to, kept } = elsewhere();
    for (const { client, server } of kept) closeInOrder(server, client);
    timeWait(10, to);
    await untilOld(30);
    const refused = 'private network, but no live connection to judge by';
    await expect(recycleHere({ threshold: EVERY_OLD_ONE })).rejects.toMatchObject({
      ...{ code: 'FT_REMEDY', message: `10.77.0.1>10.77.0.2:${PORT} may not be recycled: ${refused}` },
    });
    const held = await recycleHere({ threshold: EVERY_OLD_ONE, seconds: 1.2 });
    expect(held).toMatchObject({ released: 0, lanes: [{ safe: null, refused: true, reason: refused }] });
    const forced = await recycleHere({ threshold: EVERY_OLD_ONE, force: true });
    expect(forced).toMatchObject({ released: 30, lanes: [{ safe: null, refused: false, used: 0 }] });
  });

  it('that nobody lives on is judged by what else was sent, where that is enough', async () => {
    const { to, kept } = elsewhere();
    for (const { client, server } of kept) closeInOrder(server, client);
    setPortRange(40_000, 40_999);
    timeWait(400, to);
    await untilOld(420);
    const { released, lanes } = await recycleHere({ threshold: EVERY_OLD_ONE });
    expect(lanes).toMatchObject([{ safe: true, ageSeconds: UNKNOWN_AGE_SECONDS }]);
    expect(lanes[0]?.reason).toMatch(/of all [\d,]+ segments sent from here 0% were sent again/);
    expect(released).toBe(420);
  });

  it('of loopback needs nobody to measure it', async () => {
    const to = laneHere(100, '127.0.0.1');
    timeWait(30, to);
    await untilOld(30);
    const { released, lanes } = await recycleHere({ threshold: EVERY_OLD_ONE });
    expect(released).toBe(30);
    expect(lanes).toMatchObject([{ safe: true, ageSeconds: UNKNOWN_AGE_SECONDS }]);
  });
});

describe('recycling that goes on', () => {
  it.each([
    ['IPv4', HERE],
    ['IPv6', 'fd00:9::1'],
  ])('sustains the opens per second that the remedy predicts: %s', async (_, address) => {
    const slots = 150;
    const to = laneHere(slots + KEPT, address);
    hold(KEPT, to);
    const abort = new AbortController();
    const running = recycleHere({ seconds: Number.POSITIVE_INFINITY, signal: abort.signal });
    const opens = 5 * slots;
    const load = { ways: [{ to }], holdSeconds: 0, closes: 'client' } as const;
    const driven = await drive(load, ({ openedAt }, seconds) => openedAt.length < opens && seconds < 15);
    abort.abort();
    const { lanes, gone } = await running;
    expect(driven.refusedAt).not.toEqual([]);
    expect(gone).toBe(0);
    const network = { ...(situationLike().network as NetworkQuality), retransmitTimeoutSeconds: 0.2 };
    const model = { lanes: 1, slotsPerLane: slots, holdSeconds: 0, afterCloseSeconds: 61 };
    const predicted = modelSustainableOpensPerSecond(recycleTimeWait.predict(model, machineLike(), network));
    expect(lanes).toMatchObject([{ safe: true, ageSeconds: LEAST_AGE_SECONDS, usedMost: slots + KEPT }]);
    const cycles = cycleSeconds(driven, slots).sort((a, b) => a - b);
    expectReached(slots / (cycles[cycles.length >> 1] as number), predicted);
    // Of so many opens one more than there are slots, two had the same slot.
    expect(cycles[0]).toBeGreaterThan(LEAST_AGE_SECONDS - TICK_MS / 1_000);
  });

  it('lets a client that opens 19 in 20 of these meet no refusal', { timeout: 30_000 }, async () => {
    const slots = 200;
    const to = laneHere(slots);
    const abort = new AbortController();
    // Nobody lives to measure the network by.
    const running = recycleHere({ seconds: Number.POSITIVE_INFINITY, signal: abort.signal, force: true });
    const perSecond = (0.95 * slots) / UNKNOWN_AGE_SECONDS;
    const outcome = await openSteadily({ to, perSecond, seconds: 2.5 * UNKNOWN_AGE_SECONDS });
    abort.abort();
    const { lanes } = await running;
    expect(outcome.refusedAt).toBeNull();
    expect(outcome.opened).toBeGreaterThan(2 * slots);
    expect(lanes).toMatchObject([{ ageSeconds: UNKNOWN_AGE_SECONDS }]);
  });

  it('holds a lane below the cliff that would run out', async () => {
    const slots = 1_000;
    const to = laneHere(slots);
    hold(KEPT, to);
    const abort = new AbortController();
    const running = recycleHere({ seconds: Number.POSITIVE_INFINITY, signal: abort.signal });
    const outcome = await openSteadily({ to, perSecond: 250, seconds: 5 });
    abort.abort();
    const summary = await running;
    expect(outcome).toMatchObject({ refusedAt: null, secondPassAt: null });
    expect(outcome.opened).toBeGreaterThan(slots);
    const [lane] = summary.lanes as [RecycledLane];
    expect(lane).toMatchObject({ threshold: slots / 2 - 1, released: summary.released, refused: false, safe: true });
    expect(lane.usedMost).toBeLessThanOrEqual(lane.threshold);
    expect(summary.released).toBeGreaterThan(slots / 2);
    expect(Math.abs((lane.opensPerSecond as number) / 250 - 1)).toBeLessThan(0.2);
  });

  it('releases no more than is needed', async () => {
    const to = laneHere(100);
    hold(KEPT, to);
    timeWait(80, to);
    await untilOld(80);
    const summary = await recycleHere({ threshold: { kind: 'share', share: 0.6 }, seconds: 1.2 });
    expect(summary).toMatchObject({ released: KEPT + 80 - 60, lanes: [{ threshold: 60, used: 60 }] });
    expect(summary.looks).toBeGreaterThan(1);
  });

  it('takes up lanes that come later, and tells how it goes', async () => {
    const to = laneHere(100);
    const abort = new AbortController();
    const looks: number[] = [];
    const summary = await recycleHere({
      ...{ threshold: EVERY_OLD_ONE, seconds: Number.POSITIVE_INFINITY, signal: abort.signal },
      onProgress: ({ lanes, released, ...progress }) => {
        looks.push(progress.looks);
        if (looks.length === 1) {
          expect(lanes).toEqual([]);
          hold(KEPT, to);
          timeWait(30, to);
        }
        if (released === 30) abort.abort();
      },
    });
    expect(summary).toMatchObject({ released: 30, lanes: [{ released: 30, used: KEPT }] });
    // That is before the next survey which comes anyway.
    expect(summary.looks).toBeLessThan(15);
    expect(looks).toEqual(Array.from({ length: summary.looks }, (_, index) => index + 1));
    expect(portsIn('TIME_WAIT')).toEqual([]);
    expect(portsIn('ESTABLISHED')).toHaveLength(KEPT);
  });

  it('ends when its time is over', async () => {
    laneHere(100);
    const start = performance.now();
    const summary = await recycleHere({ seconds: 0.3 });
    expect(performance.now() - start).toBeGreaterThan(290);
    expect(summary).toMatchObject({ looks: 1, released: 0, lanes: [] });
  });

  it('ends with the error that comes, and keeps no socket', async () => {
    const to = laneHere(100);
    hold(KEPT, to);
    timeWait(30, to);
    const before = openSockets();
    let giveBack: () => void = () => {};
    const running = recycleHere({
      ...{ threshold: EVERY_OLD_ONE, seconds: Number.POSITIVE_INFINITY },
      onProgress: ({ looks }) => {
        if (looks === 1) giveBack = dropCapabilities();
      },
    });
    await expect(running.finally(() => giveBack())).rejects.toMatchObject({ code: 'FT_PRIVILEGE' });
    expect(openSockets()).toBe(before);
    expect(portsIn('TIME_WAIT')).toHaveLength(30);
  });

  it('was over before it began where it was told so', async () => {
    laneHere(100);
    const signal = AbortSignal.abort();
    expect(await recycleHere({ seconds: 60, signal })).toMatchObject({ looks: 0, released: 0, lanes: [] });
  });
});
