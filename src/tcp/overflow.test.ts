import { describe, expect, it } from 'vitest';
import { overflowDispersion } from './overflow.ts';

describe('the dispersion of overflows', () => {
  it('is that of arrivals at random where there is no server', () => {
    expect(overflowDispersion(0, 7)).toBeCloseTo(1, 12);
  });

  it('is that of a renewal of two phases where there is one', () => {
    // With one erlang: a wait of 1/2 on average and then, every other time, one of 1 and all over again. The mean is 2, that
    // of the square 10, so the variance is 6.
    expect(overflowDispersion(1, 1)).toBeCloseTo(6 / 4, 12);
  });

  it('is most where the servers carry about what comes', () => {
    const [few, even, many] = [10, 32, 300].map((erlangs) => overflowDispersion(32, erlangs)) as [
      number,
      number,
      number,
    ];
    expect(even).toBeGreaterThan(few);
    expect(even).toBeGreaterThan(many);
    expect(many).toBeGreaterThan(1);
    expect(many).toBeLessThan(1.5);
  });

  it('grows with the servers, and ends where overflows are too rare to be counted', () => {
    expect(overflowDispersion(64, 64)).toBeGreaterThan(overflowDispersion(32, 32));
    expect(overflowDispersion(10_000, 1)).toBeGreaterThan(1);
  });
});
