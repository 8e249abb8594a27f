import { spawnSync } from 'node:child_process';
import { readSync, writeSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { measureNetwork } from '../../src/census/network-samples.ts';
import { takeCensus } from '../../src/census/take-census.ts';
import { SockDiag } from '../../src/linux/sock-diag.ts';
import { judgeNetwork, judgeRecycling, judgeReuse, type NetworkQuality } from '../../src/tcp/network-quality.ts';
import { delayOneIn, loseOneIn, slowDown } from '../kit/bad-network.ts';
import { timeWait } from '../kit/closings.ts';
import { type Connection, connection, hold, type Server, serve } from '../kit/connections.ts';
import { joinTo } from '../kit/links.ts';
import type { NativeSocket } from '../kit/native-socket.ts';
import { needsPrograms } from '../kit/needs.ts';
import { createNamespace, inside, type NetworkNamespace } from '../kit/network-namespace.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { setPortRange, writeSysctl } from '../kit/sysctl.ts';
import { examineHere } from './examination.ts';

needsPrograms('ss', 'nft', 'tc');
usesPrivateNamespace();

interface Backend {
  readonly there: NetworkNamespace;
  readonly server: Server;
}

/** A server on another host, behind the link `near`. */
function backend(network = '10.77.0'): Backend {
  setPortRange(40_000, 40_099);
  const there = createNamespace();
  const [here, server] = [`${network}.1`, `${network}.2`];
  joinTo(there, { link: 'near', addresses: [`${here}/24`] }, { link: 'far', addresses: [`${server}/24`] });
  const served = inside(there, () => serve(server, 8080));
  // The first connection may wait a second for the neighbour to be found.
  const { client, server: accepted } = connection(served);
  client.abort();
  accepted.close();
  return { there, server: served };
}

const scratch = new Uint8Array(65_536);

/** Sends bytes, and waits until they have arrived. */
function send(bytes: number, from: NativeSocket, to: NativeSocket): void {
  for (let left = bytes; left > 0; ) left -= writeSync(from.fd, scratch, 0, left);
  for (let left = bytes; left > 0; ) left -= readSync(to.fd, scratch, 0, left, null);
}

/** Requests and answers, one after the other. */
function converse(connections: readonly Connection[], rounds: number, request = 100): void {
  for (const { client, server } of connections) {
    for (let round = 0; round < rounds; round += 1) {
      send(request, client, server);
      send(1_000, server, client);
    }
  }
}

/** What is found of the network of the only lane, as `doctor` finds it. */
async function networkOfOnlyLane(): Promise<NetworkQuality> {
  const { namespace } = await examineHere();
  expect(namespace.lanes).toHaveLength(1);
  return namespace.lanes[0]?.network as NetworkQuality;
}

/** The same, which must be what `ss` shows, at a moment at which no segment is under way. */
async function networkThatSsShowsToo(): Promise<NetworkQuality> {
  for (;;) {
    const before = networkBySs();
    const network = await networkOfOnlyLane();
    if (!isDeepStrictEqual(networkBySs(), before)) continue;
    for (const [figure, value] of Object.entries(before)) {
      const digits = figure.endsWith('Seconds') ? 8 : 5;
      expect([figure, network[figure as keyof NetworkQuality]]).toEqual([figure, expect.closeTo(value, digits)]);
    }
    return network;
  }
}

/** What `ss` prints of the clients' ends; times to the microsecond. */
function networkBySs(): Record<Exclude<keyof NetworkQuality, 'isPrivate'>, number> {
  const { stdout } = spawnSync('ss', ['-tinoOH', 'dport', '=', '8080'], { encoding: 'utf8' });
  const lines = stdout.split('\n').filter(Boolean);
  const numbers = (field: RegExp): number[] => lines.map((line) => Number(field.exec(line)?.[1] ?? 0));
  const sum = (field: RegExp): number => numbers(field).reduce((total, number) => total + number, 0);
  return {
    samples: lines.length,
    roundTripSeconds: median(numbers(/ rtt:([\d.]+)\//)) / 1e3,
    roundTripVarianceSeconds: median(numbers(/ rtt:[\d.]+\/([\d.]+)/)) / 1e3,
    retransmitTimeoutSeconds:
      ([...numbers(/ rto:([\d.]+)/)].sort((a, b) => a - b)[Math.ceil(0.9 * lines.length) - 1] as number) / 1e3,
    segmentsSent: sum(/ segs_out:(\d+)/),
    retransmittedShare: sum(/ retrans:\d+\/(\d+)/) / sum(/ segs_out:(\d+)/),
    reorderedShare: numbers(/ reord_seen:(\d+)/).filter((seen) => seen > 0).length / lines.length,
    timestampsShare: lines.filter((line) => / ts /.test(line)).length / lines.length,
    bytesPerConnection: Math.round((sum(/ bytes_acked:(\d+)/) + sum(/ bytes_received:(\d+)/)) / lines.length - 1),
  };
}

function median(values: number[]): number {
  values.sort((a, b) => a - b);
  const half = values.length / 2;
  return ((values[Math.ceil(half - 0.5)] as number) + (values[Math.floor(half - 0.5)] as number)) / 2;
}

describe('a network that delivers', () => {
  it('is good, with the figures that ss shows', async () => {
    const { server } = backend();
    converse(hold(20, server), 10);
    const network = await networkThatSsShowsToo();
    expect(network).toMatchObject({ samples: 20, isPrivate: true, timestampsShare: 1, bytesPerConnection: 11_000 });
    expect(judgeReuse(network, null)).toMatchObject({
      safe: true,
      reason: expect.stringMatching(/^private network, round/),
    });
    expect(judgeRecycling(network).safe).toBe(true);
  });

  it('is not judged by few connections, or by none', async () => {
    const { server } = backend();
    timeWait(3, server);
    expect(judgeNetwork(await networkOfOnlyLane())).toEqual({
      isGood: null,
      reason: 'private network, but no live connection to judge by',
    });
    converse(hold(2, server), 5);
    expect(judgeNetwork(await networkOfOnlyLane()).reason).toContain('only 2 live connections to judge by');
  });

  it('is known by connections that are opened and closed all the time', async () => {
    const { server } = backend();
    const seen = hold(10, server);
    const { census } = await takeCensus();
    // None of those that the census saw lives on.
    for (const { client } of seen) client.abort();
    hold(10, server);
    expect(measureNow(census)[0]).toMatchObject({ samples: 10, timestampsShare: 1 });
  });

  it('is known by connections to another port of the same host, but what they carry is their own', async () => {
    const { there, server } = backend();
    timeWait(3, server);
    converse(
      hold(
        6,
        inside(there, () => serve('10.77.0.2', 8081)),
      ),
      5,
    );
    const { census } = await takeCensus();
    const networks = measureNow(census);
    expect(networks.map(({ samples }) => samples)).toEqual([6, 6]);
    expect(networks.map(({ bytesPerConnection }) => bytesPerConnection).sort()).toEqual([5_500, null]);
  });

  it('is not private where its address is not', async () => {
    const { server } = backend('203.0.113');
    converse(hold(6, server), 5);
    const network = await networkOfOnlyLane();
    expect([judgeReuse(network, null).safe, judgeRecycling(network).safe]).toEqual([true, false]);
  });
});

describe('a network without timestamps', () => {
  it.each(['here', 'at the other end'])('is no use for reuse: they are off %s', async (where) => {
    const { there, server } = backend();
    const off = (): void => writeSysctl('ipv4.tcp_timestamps', 0);
    if (where === 'here') off();
    else inside(there, off);
    converse(hold(6, server), 5);
    const network = await networkThatSsShowsToo();
    expect(judgeReuse(network, null)).toMatchObject({
      safe: false,
      reason: expect.stringContaining('no timestamps were'),
    });
  });
});

describe('a bad network', () => {
  it('is one that loses segments', async () => {
    const { there, server } = backend();
    loseOneIn(20, there);
    converse(hold(10, server), 8);
    const network = await networkThatSsShowsToo();
    expectBad(network, '% retransmitted, more than 1.0% (10 connections)');
  });

  it('is one in which segments overtake each other', async () => {
    const { server } = backend();
    delayOneIn(9, 'near');
    converse(hold(8, server), 2, 40_000);
    const network = await networkThatSsShowsToo();
    expect(network.reorderedShare).toBeGreaterThan(0.5);
    expectBad(network, /reordering seen by|retransmitted/);
  });

  it('is one whose round trips vary', async () => {
    const { server } = backend();
    const connections = hold(6, server);
    converse(connections, 1);
    slowDown('near', '70kbit');
    converse(connections, 3, 1_400);
    const network = await networkThatSsShowsToo();
    expect(network.roundTripVarianceSeconds).toBeGreaterThan(0.05);
    expectBad(network, /the round trip varies by|retransmitted/);
  });
});

function expectBad(network: NetworkQuality, why: string | RegExp): void {
  const expected = typeof why === 'string' ? expect.stringContaining(why) : expect.stringMatching(why);
  for (const judge of [judgeReuse, judgeRecycling]) expect(judge(network)).toEqual({ safe: false, reason: expected });
}

function measureNow(census: Parameters<typeof measureNetwork>[1]): NetworkQuality[] {
  const diag = SockDiag.open();
  try {
    const lanes = census.lanes().map(({ index }) => index);
    return [...measureNetwork(diag, census, lanes).values()];
  } finally {
    diag.close();
  }
}
