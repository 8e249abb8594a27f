import { describe, expect, it } from 'vitest';
import { formatRefusal, formatSustained, formatTime } from './plan-figures.ts';

describe('the figures of a plan', () => {
  it.each([
    [470.9, '470'],
    [1_234_567.9, '1,234,567'],
    [7.79, '7.7'],
    [0, '0'],
    [499.999_999_999_9, '500'],
    [null, 'no limit'],
  ])('never round a sustained rate up: %d', (rate, text) => expect(formatSustained(rate)).toBe(text));

  it.each([
    [0, '0%'],
    [1e-12, '<1e-9'],
    [0.000_031, '3.1e-5'],
    [0.046, '4.6%'],
    [1, '100%'],
    [null, '?'],
  ])('tell rare refusals apart: %d', (share, text) => expect(formatRefusal(share)).toBe(text));

  it.each([
    [0.05, '50 ms'],
    [60, '60 s'],
    [120, '120 s'],
    [600, '10 min'],
    [630, '10 min 30 s'],
    [3_600, '1 h'],
    [5_400, '1 h 30 min'],
  ])('tell times as people do: %d', (seconds, text) => expect(formatTime(seconds)).toBe(text));
});
