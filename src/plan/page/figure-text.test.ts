import { describe, expect, it } from 'vitest';
import { countText, multipleText, probabilityText, rateText } from './figure-text.ts';

describe('a figure', () => {
  it.each([
    [null, '–'],
    [0, '0/s'],
    [4.49, '4.5/s'],
    [28_232, '28,232/s'],
    [1e18, '1.0e+18/s'],
    [Number.POSITIVE_INFINITY, 'not bounded by ports'],
  ])('that is a rate of %d reads %s', (rate, text) => {
    expect(rateText(rate)).toBe(text);
  });

  it('that is a count has no unit', () => {
    expect(countText(28_232)).toBe('28,232');
  });

  it.each([
    [1.2, '1.2'],
    [115.4, '115'],
    [1e18, '1.0e+18'],
    [Number.POSITIVE_INFINITY, '∞'],
  ])('that is a multiple of %d reads %s', (times, text) => {
    expect(multipleText(times)).toBe(text);
  });

  it.each([
    [null, '–'],
    [0, '0%'],
    [1e-300, 'under 1 in 1,000,000,000'],
    [8e-5, '1 in 12,500'],
    [0.0184, '1.8%'],
    [0.00184, '0.18%'],
    [0.9999, '>99.9%'],
    [1, '100%'],
  ])('that is a probability of %d reads %s', (probability, text) => {
    expect(probabilityText(probability)).toBe(text);
  });
});
