import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FourtupleError } from '../tcp/error.ts';
import { parseDurationMs, parseObserveMs, parseRunMs, parseTop, parseUndo, parseWatchMs } from './flags.ts';

describe('a number of lanes', () => {
  it('is a whole number, or all', () => {
    fc.assert(fc.property(fc.nat(999_999_999), (count) => parseTop(`${count}`) === count));
    expect(parseTop('all')).toBe(Number.POSITIVE_INFINITY);
  });

  it.each(['', '-1', '1.5', '1e3', 'ten', 'ALL', '20 ', '0x10', '1000000000'])('is refused: %j', (text) => {
    expect(() => parseTop(text)).toThrow(
      expect.objectContaining({ code: 'FT_ARGUMENT', message: expect.stringContaining(`'${text}'`) }),
    );
  });
});

describe('a duration', () => {
  it.each([
    ['0', 0],
    ['250ms', 250],
    ['2s', 2_000],
    ['1.5s', 1_500],
    ['1m', 60_000],
    ['0.5m', 30_000],
    ['2h', 7_200_000],
    ['5 s', 5_000],
    ['0ms', 0],
  ])('%s is %i ms', (text, milliseconds) => expect(parseDurationMs(text)).toBe(milliseconds));

  it.each(['', '5', '-1s', '1d', 's', '1.s', '.5s', '1,5s', '1e3ms', 'forever'])('is refused: %j', (text) => {
    expect(() => parseDurationMs(text)).toThrow(FourtupleError);
    expect(() => parseDurationMs(text)).toThrow(
      expect.objectContaining({ code: 'FT_ARGUMENT', message: expect.stringContaining(`'${text}'`) }),
    );
  });
});

describe('the length of a watch', () => {
  it.each([
    ['100ms', 100],
    ['2s', 2_000],
    ['10m', 600_000],
  ])('%s is %i ms', (text, milliseconds) => expect(parseWatchMs(text)).toBe(milliseconds));

  it.each(['0', '99ms', '10.1m', '601s', '2'])('is refused: %j', (text) => {
    expect(() => parseWatchMs(text)).toThrow(
      expect.objectContaining({ code: 'FT_ARGUMENT', message: expect.stringContaining(`'${text}'`) }),
    );
  });
});

describe('the length of an observation', () => {
  it('is that of a watch, or none at all', () => {
    expect([parseObserveMs('0'), parseObserveMs('2s')]).toEqual([0, 2_000]);
    for (const text of ['50ms', '11m', '0ms', 'never']) expect(() => parseObserveMs(text)).toThrow(FourtupleError);
  });
});

describe('for how long something goes on', () => {
  it.each([
    ['90s', 90_000],
    ['10m', 600_000],
    ['2h', 7_200_000],
    ['ever', Number.POSITIVE_INFINITY],
  ])('%s is %i ms', (text, milliseconds) => expect(parseRunMs(text)).toBe(milliseconds));

  it.each(['', '0', '0s', '10', 'always', '-1m'])('is refused: %j', (text) => {
    expect(() => parseRunMs(text)).toThrow(
      expect.objectContaining({ code: 'FT_ARGUMENT', message: expect.stringContaining('write 90s, 10m, 2h or ever') }),
    );
  });
});

describe('what is to be taken back', () => {
  it.each([
    ['', 'last'],
    ['all', 'all'],
    ['3', 3],
    ['120', 120],
  ])('%j is %j', (text, meant) => expect(parseUndo(text)).toBe(meant));

  it.each(['0', '-1', '1.5', 'tcp-tw-reuse', '1234567890'])('is refused: %j', (text) => {
    expect(() => parseUndo(text)).toThrow(
      expect.objectContaining({ code: 'FT_ARGUMENT', message: expect.stringContaining(`'${text}'`) }),
    );
  });
});
