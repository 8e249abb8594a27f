import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { NamespaceReport } from '../../src/diagnosis/report.ts';
import { timeWait, timeWaitAtServer } from '../kit/closings.ts';
import { hold, type Server, serve } from '../kit/connections.ts';
import { createNamespace, inside, type NetworkNamespace } from '../kit/network-namespace.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { settled } from '../kit/socket-statistics.ts';
import { writeSysctl } from '../kit/sysctl.ts';
import { laneOf, laneTo } from './agreement.ts';
import { observe } from './observe.ts';

/** A little more than the ten seconds that are counted: what was opened before them must not be. */
const LONG_SECONDS = 10.6;
/** For how long the lanes with a younger traffic have it: it ends with that of the others. */
const SHORT_SECONDS = 4;
/** Opened at the very beginning, all at once. */
const EARLY = 2_000;

interface Traffic {
  readonly to: Server;
  readonly namespace: NetworkNamespace;
  readonly perSecond: number;
  readonly seconds: number;
}

/** Opens and closes connections at a steady rate. @returns how many there were per second, by the clock. */
async function openSteadily({ to, namespace, perSecond, seconds }: Traffic): Promise<number> {
  const start = performance.now();
  let opened = 0;
  for (;;) {
    const elapsed = (performance.now() - start) / 1_000;
    const due = Math.floor(Math.min(elapsed, seconds) * perSecond) - opened;
    inside(namespace, () => timeWait(due, to));
    opened += due;
    if (elapsed >= seconds) return opened / ((performance.now() - start) / 1_000);
    await sleep(5);
  }
}

async function openLater(traffic: Traffic): Promise<number> {
  await sleep((LONG_SECONDS - traffic.seconds) * 1_000);
  return openSteadily(traffic);
}

/** In a namespace with this value of tcp_tw_reuse. */
function createWithReuse(value: number): NetworkNamespace {
  const namespace = createNamespace();
  inside(namespace, () => writeSysctl('ipv4.tcp_tw_reuse', value));
  return namespace;
}

/** @param missed which part of the time that is counted had passed before the census came: a busy machine delays it */
function expectRate(census: NamespaceReport, to: Server, opened: number, missed: number): void {
  const ratio = (laneOf(census, laneTo(to, '127.0.0.1')).opensPerSecond ?? 0) / opened;
  expect(ratio).toBeGreaterThan(0.85 - missed);
  expect(ratio).toBeLessThan(1.15);
}

describe('opens per second', () => {
  usesPrivateNamespace();

  // All at the same time: each takes its seconds.
  it('are told from the last ten seconds, or from the last one where older slots are reused, for each lane', {
    timeout: 60_000,
  }, async () => {
    const [kept, reused] = [createWithReuse(0), createWithReuse(2)];
    const [long, young, slow] = inside(kept, () => [9000, 9001, 9002].map((port) => serve('127.0.0.1', port)));
    const [toReused] = inside(reused, () => [serve('127.0.0.1', 9000)]);
    if (long === undefined || young === undefined || slow === undefined || toReused === undefined) throw new Error();
    inside(kept, () => {
      hold(20, long);
      timeWait(EARLY, long);
    });
    inside(reused, () => hold(20, toReused));
    const [ofLong, ofYoung, ofSlow, ofReused] = await Promise.all([
      openSteadily({ to: long, namespace: kept, perSecond: 300, seconds: LONG_SECONDS }),
      openLater({ to: young, namespace: kept, perSecond: 300, seconds: SHORT_SECONDS }),
      openLater({ to: slow, namespace: kept, perSecond: 100, seconds: SHORT_SECONDS }),
      openLater({ to: toReused, namespace: reused, perSecond: 300, seconds: SHORT_SECONDS }),
    ]);
    const end = performance.now();
    const secondsSince = (): number => (performance.now() - end) / 1_000;
    const inReused = await observe({ namespace: reused });
    expectRate(inReused, toReused, ofReused, secondsSince());
    const inKept = await observe({ namespace: kept });
    expectRate(inKept, long, ofLong, secondsSince() / 10);
    expectRate(inKept, young, ofYoung, secondsSince() / SHORT_SECONDS);
    expectRate(inKept, slow, ofSlow, secondsSince() / SHORT_SECONDS);
  });

  it('are not known where no close of this end shows them', async () => {
    const [a, b] = [serve('127.0.0.1', 9000), serve('127.0.0.1', 9001)];
    hold(5, a);
    hold(5, b);
    timeWaitAtServer(50, b);
    await settled();
    const census = await observe();
    expect(laneOf(census, laneTo(a, '127.0.0.1')).opensPerSecond).toBeNull();
    expect(laneOf(census, laneTo(b, '127.0.0.1')).opensPerSecond).toBeNull();
  });
});
