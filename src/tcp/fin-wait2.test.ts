import { describe, expect, it } from 'vitest';
import { finWait2Seconds } from './fin-wait2.ts';

/** Measured on Linux 6.18, HZ=250: the setting, and how long an orphan FIN_WAIT2 socket held its slot. */
const MEASURED: readonly (readonly [tcpFinTimeoutSeconds: number, heldSeconds: number])[] = [
  [15, 15.7],
  [60, 60],
  [70, 20.4],
  [90, 60],
  [120, 121],
];

/** Timers of the kernel round up, never down: one granule of its wheel is the most at a minute. */
const GRANULE_SECONDS = 2.05;

describe('how long an orphan FIN_WAIT2 socket holds its slot', () => {
  it.each(MEASURED)('with tcp_fin_timeout %i is what was measured, %f s', (setting, held) => {
    const seconds = finWait2Seconds(setting);
    expect(seconds).toBeLessThanOrEqual(held);
    expect(held - seconds).toBeLessThan(GRANULE_SECONDS);
  });

  it('falls at once where the setting is raised from 60 to 61', () => {
    expect([60, 61, 62, 89, 90, 91].map(finWait2Seconds)).toEqual([60, 2, 4, 58, 60, 62]);
  });

  it('is never negative', () => expect(finWait2Seconds(-1)).toBe(0));
});
