import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCount } from './number-text.ts';
import { parseCount, parseRate, parseSeconds } from './quantity.ts';

function refusal(text: string, advice: string): unknown {
  return expect.objectContaining({ code: 'FT_ARGUMENT', message: expect.stringContaining(`'${text}' ${advice}`) });
}

describe('a time', () => {
  it.each([
    ['0', 0],
    ['0s', 0],
    ['50ms', 0.05],
    ['0.5ms', 0.0005],
    ['1.1ms', 0.0011],
    ['2s', 2],
    ['1.5m', 90],
    ['3min', 180],
    ['2h', 7_200],
    [' 120 s ', 120],
    ['1,000ms', 1],
  ])('%j is %d s', (text, seconds) => expect(parseSeconds(text)).toBe(seconds));

  it.each(['', '5', '-1s', '1d', 's', '1.s', '.5s', '1,5s', '1e3ms', '5S', `${'9'.repeat(400)}s`])(
    'is refused, and says what to write: %j',
    (text) => expect(() => parseSeconds(text)).toThrow(refusal(text, 'is not a time: write 50ms, 2s')),
  );
});

describe('a rate', () => {
  it.each([
    ['500', 500],
    ['500/s', 500],
    ['0', 0],
    ['0.2', 0.2],
    ['1.5k/s', 1_500],
    ['1.1k', 1_100],
    ['30k/m', 500],
    ['30k/min', 500],
    ['36,000/h', 10],
    ['2M/s', 2_000_000],
    ['1 k / s', 1_000],
  ])('%j is %d a second', (text, perSecond) => expect(parseRate(text)).toBe(perSecond));

  it.each(['', '-5', '5/d', '5s', 'k', '1e3', '5K', '5m', '500/', '9'.repeat(400)])(
    'is refused, and says what to write: %j',
    (text) => expect(() => parseRate(text)).toThrow(refusal(text, 'is not a rate: write 500, 1.5k/s')),
  );
});

describe('a whole number', () => {
  it.each([
    ['4', 4],
    ['0', 0],
    ['10k', 10_000],
    ['28,232', 28_232],
    ['1.5M', 1_500_000],
    ['1.001k', 1_001],
    ['2 k', 2_000],
  ])('%j is %d', (text, count) => expect(parseCount(text)).toBe(count));

  it.each(['', '-1', '1.5', '1.0005k', '28,23', '2,8232', '1e3', 'ten', '0x10', '99999999999999999'])(
    'is refused, and says what to write: %j',
    (text) => expect(() => parseCount(text)).toThrow(refusal(text, 'is not a whole number: write 4')),
  );

  it('is read as it is printed', () => {
    fc.assert(fc.property(fc.nat(), (count) => parseCount(formatCount(count)) === count));
  });
});
