import { expect, it } from 'vitest';
import { dayText } from './simulation-day.ts';

const HOUR = 3_600;

it.each([
  [11.75 * HOUR, HOUR / 2, '11:45 to 12:15'],
  [11 * HOUR, 90, '11:00 to 11:01:30'],
  [23.5 * HOUR, HOUR, '23:30 to 00:30'],
  [0, 24 * HOUR, 'from midnight on'],
])('the part of a day from %d s on for %d s is told as %s', (begins, seconds, text) => {
  expect(dayText(begins, seconds)).toBe(text);
});
