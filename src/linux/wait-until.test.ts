import { describe, expect, it } from 'vitest';
import { waitUntil } from './wait-until.ts';

describe('waiting for the kernel', () => {
  it('ends when it holds, and looks no more often than that', () => {
    for (const wanted of [1, 2, 5]) {
      let looks = 0;
      expect(waitUntil(() => ++looks === wanted, 60_000)).toBe(true);
      expect(looks).toBe(wanted);
    }
  });

  it('ends where it never holds, and sleeps between the looks', () => {
    let looks = 0;
    expect(waitUntil(() => ++looks < 0, 20)).toBe(false);
    expect(looks).toBeGreaterThan(1);
    expect(looks).toBeLessThan(30);
  });
});
