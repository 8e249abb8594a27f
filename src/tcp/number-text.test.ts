import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCount, formatRate, formatSeconds, formatShare, plural } from './number-text.ts';

describe('numbers', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1_000, '1,000'],
    [28_232, '28,232'],
    [1_234_567, '1,234,567'],
    [470.53, '471'],
    [null, '?'],
  ])('a count: %s is %s', (count, text) => expect(formatCount(count)).toBe(text));

  it('a count is grouped as English does', () => {
    fc.assert(
      fc.property(fc.nat(), (count) => {
        expect(formatCount(count)).toBe(new Intl.NumberFormat('en-US').format(count));
      }),
    );
  });

  it.each([
    [0, '0'],
    [0.04, '0.0'],
    [4.52, '4.5'],
    [9.94, '9.9'],
    [10, '10'],
    [447.2, '447'],
    [28_232, '28,232'],
    [null, '?'],
  ])('a rate: %s is %s', (rate, text) => expect(formatRate(rate)).toBe(text));

  it.each([
    [0, '0%'],
    [1, '100%'],
    [0.5, '50.0%'],
    [0.98866, '98.9%'],
    [0.0005, '<0.1%'],
    [0.001, '0.1%'],
    [0.999, '99.9%'],
    [0.99995, '>99.9%'],
    [null, '?'],
  ])('a share: %s is %s', (share, text) => expect(formatShare(share)).toBe(text));

  it('a share is all or nothing only where it is exactly that', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
        expect(/^100(?:\.0)?%$/.test(formatShare(share))).toBe(share === 1);
        expect(/^0(?:\.0)?%$/.test(formatShare(share))).toBe(share === 0);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    [0, '0.0 ms'],
    [0.00091, '0.9 ms'],
    [0.0034, '3.4 ms'],
    [0.0123, '12 ms'],
    [1, '1 s'],
    [1.24, '1.2 s'],
    [60, '60 s'],
  ])('a duration: %s s is %s', (seconds, text) => expect(formatSeconds(seconds)).toBe(text));

  it('a thing is counted in the singular or the plural', () => {
    expect([0, 1, 2, 1_000].map((count) => plural(count, 'lane'))).toEqual([
      '0 lanes',
      '1 lane',
      '2 lanes',
      '1,000 lanes',
    ]);
  });
});
