import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rootOf } from './root.ts';

describe('the root of a growing function', () => {
  it('is where it becomes 0', () => {
    expect(rootOf((x) => x * x * x - 8, 0, 100)).toBeCloseTo(2, 11);
    expect(rootOf((x) => Math.log(x), 1e-9, 1e9)).toBeCloseTo(1, 11);
    expect(rootOf((x) => x - 3, 0, 6)).toBe(3);
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 1_000, noNaN: true }), (wanted) => {
        const found = rootOf((x) => Math.exp(x / 100) - Math.exp(wanted / 100), 0, 2_000);
        expect(Math.abs(found / wanted - 1)).toBeLessThan(1e-9);
      }),
    );
  });

  it('is the end where it is beyond', () => {
    expect(rootOf((x) => x, 1, 5)).toBe(1);
    expect(rootOf((x) => x, -5, -1)).toBe(-1);
    expect(rootOf((x) => x, 0, 5)).toBe(0);
  });
});
