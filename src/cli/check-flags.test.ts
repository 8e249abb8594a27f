import { describe, expect, it } from 'vitest';
import { parseTimeout } from './check-flags.ts';

describe('the time-out of check', () => {
  it.each([
    ['10', 10, 'UNKNOWN'],
    ['500ms', 0.5, 'UNKNOWN'],
    ['1m', 60, 'UNKNOWN'],
    ['3600', 3_600, 'UNKNOWN'],
    ['10:critical', 10, 'CRITICAL'],
    ['10:WARNING', 10, 'WARNING'],
    ['10:0', 10, 'OK'],
    ['2s:3', 2, 'UNKNOWN'],
  ])('%s is %f s and %s', (text, seconds, state) => expect(parseTimeout(text)).toEqual({ seconds, state }));

  it.each(['', '0', '-1', '3601', '2h', 'ten', '10:', '10:4', '10:bad', '10:critical:0', ':2'])(
    "'%s' is none",
    (text) => {
      expect(() => parseTimeout(text)).toThrow(
        `'${text}' is not a time from 1 to 3600 seconds: write 10, or 10:critical`,
      );
    },
  );
});
