import { describe, expect, it } from 'vitest';
import { erfc, integrate } from './integral.ts';

describe('an integral', () => {
  it('is that of functions whose integral is known', () => {
    expect(integrate((x) => x * x, 0, 3)).toBeCloseTo(9, 10);
    expect(integrate(Math.exp, -1, 2)).toBeCloseTo(Math.exp(2) - Math.exp(-1), 10);
    expect(integrate((x) => Math.exp((-x * x) / 2), 0, 8)).toBeCloseTo(Math.sqrt(Math.PI / 2), 10);
    expect(integrate((x) => Math.sqrt(x), 0, 1)).toBeCloseTo(2 / 3, 10);
    expect(integrate((x) => x, 5, 5)).toBe(0);
  });
});

describe('the complementary error function', () => {
  // From the tables of Abramowitz and Stegun, 7.1.
  it.each([
    [0, 1],
    [0.1, 0.887537084],
    [0.5, 0.4795001222],
    [1, 0.1572992071],
    [2, 0.004677735],
  ])('of %d is %d', (x, value) => expect(erfc(x)).toBeCloseTo(value, 9));

  it('is nothing far out', () => {
    expect(erfc(8)).toBe(0);
    expect(erfc(20)).toBe(0);
  });
});
