import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { timeWait, timeWaitAtServer } from '../kit/closings.ts';
import { hold, type Server, serve } from '../kit/connections.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { settled } from '../kit/socket-statistics.ts';
import { writeSysctl } from '../kit/sysctl.ts';
import { laneOf, laneTo } from './agreement.ts';
import { observe } from './observe.ts';

/** Opens and closes connections at a steady rate. @returns how many there were per second, by the clock. */
async function openSteadily(to: Server, perSecond: number, seconds: number): Promise<number> {
  const start = performance.now();
  let opened = 0;
  for (;;) {
    const elapsed = (performance.now() - start) / 1_000;
    const due = Math.floor(Math.min(elapsed, seconds) * perSecond) - opened;
    timeWait(due, to);
    opened += due;
    if (elapsed >= seconds) return opened / ((performance.now() - start) / 1_000);
    await sleep(5);
  }
}

describe('opens per second', () => {
  usesPrivateNamespace();

  it.each([
    ['the last ten seconds, where no slot is reused', 0, 13],
    ['the last second, where older slots are reused', 2, 3],
  ])('are told from %s', { timeout: 40_000 }, async (_, reuse, seconds) => {
    writeSysctl('ipv4.tcp_tw_reuse', reuse);
    const to = serve('127.0.0.1', 9000);
    hold(20, to);
    const opened = await openSteadily(to, 300, seconds);
    const { opensPerSecond } = laneOf(await observe(), laneTo(to, '127.0.0.1'));
    expect((opensPerSecond ?? 0) / opened).toBeGreaterThan(0.85);
    expect((opensPerSecond ?? 0) / opened).toBeLessThan(1.15);
  });

  it('are told for each lane of its own, also where its traffic is younger than ten seconds', {
    timeout: 40_000,
  }, async () => {
    writeSysctl('ipv4.tcp_tw_reuse', 0);
    const [a, b] = [serve('127.0.0.1', 9000), serve('127.0.0.1', 9001)];
    const [first, second] = await Promise.all([openSteadily(a, 300, 4), openSteadily(b, 100, 4)]);
    const census = await observe();
    const ratioOf = (to: Server, opened: number) =>
      (laneOf(census, laneTo(to, '127.0.0.1')).opensPerSecond ?? 0) / opened;
    for (const ratio of [ratioOf(a, first), ratioOf(b, second)]) {
      expect(ratio).toBeGreaterThan(0.85);
      expect(ratio).toBeLessThan(1.15);
    }
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
