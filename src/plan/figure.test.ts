import { describe, expect, it } from 'vitest';
import { figure } from './figure.ts';

describe('a figure of a plan', () => {
  it('has a tenth, and four digits at least', () => {
    const figures = [940.28, 28_232 / 60.05, 1e6 / 3, 0.531_76, 4 / 60, 1.234_56e-7, 0];
    expect(figures.map(figure)).toEqual([940.3, 470.1, 333_333.3, 0.5318, 0.066_67, 1.235e-7, 0]);
  });

  it('is null without a bound', () => {
    expect([figure(Number.POSITIVE_INFINITY), figure(Number.NaN)]).toEqual([null, null]);
  });
});
