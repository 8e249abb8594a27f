import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lookInterval, pauseUntil } from './pace.ts';

describe('the time from one look to the next', () => {
  it('is half a second, and longer where a look takes more than a tenth of that', () => {
    expect(lookInterval(0)).toBe(0.5);
    expect(lookInterval(0.05)).toBe(0.5);
    expect(lookInterval(0.08)).toBeCloseTo(0.8);
    expect(lookInterval(0.3)).toBe(1);
  });

  it('is never so short that looking takes more than half of it', () => {
    const durations = fc.double({ min: 0, max: 60, noNaN: true });
    fc.assert(fc.property(durations, (seconds) => lookInterval(seconds) >= 2 * seconds));
    expect(lookInterval(3)).toBe(6);
  });
});

describe('a pause', () => {
  it('ends no sooner than it should', async () => {
    const end = performance.now() + 20;
    await pauseUntil(end, new AbortController().signal);
    expect(performance.now()).toBeGreaterThanOrEqual(end - 1);
  });

  it('ends when it is aborted, and at once where it was before', async () => {
    const abort = new AbortController();
    const pause = pauseUntil(performance.now() + 1e8, abort.signal);
    abort.abort();
    await pause;
    await pauseUntil(performance.now() + 1e8, abort.signal);
  });
});
