import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linearScale, logScale, powerTicks, roundTicks, tickText } from './scale.ts';

describe('a scale', () => {
  it('is linear from 0 on, and ends where the drawing does', () => {
    expect([0, 50, 100, 1e9, Number.POSITIVE_INFINITY].map(linearScale(100, 10, 30))).toEqual([10, 20, 30, 30, 30]);
    expect([0, 0.25, 1].map(linearScale(1, 200, 0))).toEqual([200, 150, 0]);
  });

  it('is logarithmic from 1 on', () => {
    const x = logScale(100, 0, 200);
    expect([0, 0.5, 1, 100, 1e9, Number.POSITIVE_INFINITY].map(x)).toEqual([0, 0, 0, 200, 200, 200]);
    expect(x(10)).toBeCloseTo(100);
  });
});

describe('ticks', () => {
  it.each([
    [1222, 8, [0, 200, 400, 600, 800, 1000, 1200]],
    [10, 5, [0, 2, 4, 6, 8, 10]],
    [0.4, 4, [0, 0.1, 0.2, 0.30000000000000004, 0.4]],
  ])('up to %d are round', (most, count, ticks) => {
    expect(roundTicks(most, count)).toEqual(ticks);
  });

  it('are a few, within the scale, whatever its end', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e300, noNaN: true }), (most) => {
        const ticks = roundTicks(most, 8);
        expect(ticks.length).toBeGreaterThan(2);
        expect(ticks.length).toBeLessThanOrEqual(9);
        expect(ticks.at(-1)).toBeLessThanOrEqual(most * 1.000001);
      }),
    );
  });

  it('are powers of ten on a logarithmic scale', () => {
    expect(powerTicks(1000, 6)).toEqual([1, 10, 100, 1000]);
    expect(powerTicks(1e10, 6)).toEqual([1, 100, 1e4, 1e6, 1e8, 1e10]);
  });

  it.each([
    [0, '0'],
    [0.30000000000000004, '0.3'],
    [950, '950'],
    [1200, '1.2k'],
    [5e7, '50M'],
    [1e9, '1G'],
    [1e18, '1e+18'],
    [1e-6, '1e-6'],
  ])('%d is written as %s', (value, text) => {
    expect(tickText(value)).toBe(text);
  });
});
