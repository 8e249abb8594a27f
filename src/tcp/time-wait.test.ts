import { describe, expect, it } from 'vitest';
import { LINUX_TIME_WAIT_MS, meanTimeWaitSeconds, reuseApplies, timeWaitGranuleSeconds } from './time-wait.ts';

const MAYBE = [true, false, null] as const;
const UNKNOWN = null;

/** What `tcp_twsk_unique()` decides where everything is known (net/ipv4/tcp_ipv4.c). */
function kernelReuses(reuse: number, timestamps: number, loopback: boolean, peer: boolean): boolean {
  const allowed = reuse === 2 ? loopback : reuse !== 0;
  return allowed && timestamps !== 0 && peer;
}

/** Everything that an unknown value may be. */
function possible<T>(value: T | null, values: readonly T[]): readonly T[] {
  return value === null ? values : [value];
}

const combinations = [0, 1, 2, UNKNOWN].flatMap((reuse) =>
  [0, 1, 2, UNKNOWN].flatMap((timestamps) =>
    [true, false].flatMap((loopback) => MAYBE.map((peer) => ({ reuse, timestamps, loopback, peer }))),
  ),
);

describe('the granule of the timer wheel', () => {
  // kernel/time/timer.c, the tables at its head: the level whose range holds 60 s.
  it.each([
    [100, 5.12],
    [250, 2.048],
    [300, 512 / 300],
    [1_000, 4.096],
  ])('at %d ticks a second is %d s', (ticks, seconds) => {
    expect(timeWaitGranuleSeconds(ticks)).toBeCloseTo(seconds, 9);
    expect(meanTimeWaitSeconds(ticks)).toBeCloseTo(60 + seconds / 2, 9);
  });
});

describe('taking over a TIME_WAIT slot', () => {
  it.each(combinations)(
    'tcp_tw_reuse $reuse, tcp_timestamps $timestamps, loopback $loopback, peer with timestamps $peer',
    ({ reuse, timestamps, loopback, peer }) => {
      const outcomes = new Set<boolean>();
      for (const value of possible(reuse, [0, 1, 2])) {
        for (const own of possible(timestamps, [0, 1])) {
          for (const far of possible(peer, [true, false])) outcomes.add(kernelReuses(value, own, loopback, far));
        }
      }
      const settings = { tcpTwReuse: reuse, tcpTimestamps: timestamps, tcpTwReuseDelaySeconds: 1 };
      const [only] = outcomes;
      expect(reuseApplies(settings, loopback, peer)).toBe(outcomes.size === 1 ? only : null);
    },
  );

  it('does not hang on the delay, which only decides from when on', () => {
    for (const delay of [null, 0.001, 60]) {
      const settings = { tcpTwReuse: 1, tcpTimestamps: 1, tcpTwReuseDelaySeconds: delay };
      expect(reuseApplies(settings, false, true)).toBe(true);
    }
  });

  // TCP_TIMEWAIT_LEN of include/net/tcp.h: (60*HZ).
  it('waits for 60 seconds where it does not happen', () => expect(LINUX_TIME_WAIT_MS).toBe(60_000));
});
