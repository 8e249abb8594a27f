import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalValue } from './recorded-change.ts';

describe('the normal form of a value', () => {
  it.each([
    ['32768\t60999\n', '32768 60999'],
    ['  1  ', '1'],
    ['\n', ''],
    ['', ''],
    ['8080,41000-41003', '8080,41000-41003'],
  ])('of %j is %j', (text, normal) => {
    expect(normalValue(text)).toBe(normal);
  });

  it('is its own, and in one line', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('1', ' ', '\t', '\n', '\r', ',') }), (text) => {
        expect(normalValue(normalValue(text))).toBe(normalValue(text));
        expect(normalValue(text)).not.toMatch(/[\r\n\t]|^ | $| {2}/);
      }),
    );
  });
});
