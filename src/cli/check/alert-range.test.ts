import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AlertRange, alerts, formatAlertRange, parseAlertRange } from './alert-range.ts';

const decimal = fc.oneof(
  fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }),
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map((value) => value / 1_000 + 0),
);
const range: fc.Arbitrary<AlertRange> = fc
  .record({
    start: fc.oneof(decimal, fc.constant(Number.NEGATIVE_INFINITY)),
    end: fc.oneof(decimal, fc.constant(Number.POSITIVE_INFINITY)),
    inside: fc.boolean(),
  })
  .filter(({ start, end }) => start <= end);

describe('a range that alerts', () => {
  it.each([
    ['10', [-0.1, 10.1], [0, 5, 10]],
    ['10:', [9.9, -1, 0], [10, 11, 1e9]],
    ['~:10', [10.1, 1e9], [-1e9, 0, 10]],
    ['10:20', [9.9, 20.1], [10, 15, 20]],
    ['@10:20', [10, 15, 20], [9.9, 20.1]],
    ['~:', [], [-1e9, 0, 1e9]],
    ['0:', [-0.1], [0, 1e9]],
    [':10', [-0.1, 10.1], [0, 10]],
    ['@10', [0, 5, 10], [-0.1, 10.1]],
    ['-2.5:.5', [-2.6, 0.6], [-2.5, 0, 0.5]],
  ])('%s alerts at %j and not at %j', (text, at, notAt) => {
    const parsed = parseAlertRange(text);
    expect(at.filter((value) => !alerts(parsed, value))).toEqual([]);
    expect(notAt.filter((value) => alerts(parsed, value))).toEqual([]);
  });

  it('is read as it was written', () => {
    fc.assert(
      fc.property(range, (one) => {
        expect(parseAlertRange(formatAlertRange(one))).toEqual(one);
      }),
    );
  });

  it('alerts with an @ where it does not without', () => {
    fc.assert(
      fc.property(range, decimal, (one, value) => {
        expect(alerts({ ...one, inside: !one.inside }, value)).toBe(!alerts(one, value));
      }),
    );
  });

  it.each([
    ['0:10', '10'],
    [':10', '10'],
    ['10:20', '10:20'],
    ['300:', '300:'],
    ['0:', '0:'],
    ['~:', '~:'],
    ['~:10', '~:10'],
    ['@0:10', '@10'],
    ['-0:0', '0'],
    ['0.0000001:', '0.0000001:'],
  ])('%s is written as %s', (text, written) => expect(formatAlertRange(parseAlertRange(text))).toBe(written));

  it.each(['', ':', '@', '@:', '~', '10:~', 'ten', '80%', '10-20', '1e3', '10:20:30', '1,000', ' 10', '10 ', '@@10'])(
    "'%s' is none",
    (text) => expect(() => parseAlertRange(text)).toThrow(`'${text}' is not a range: write 80 (alerts above 80)`),
  );

  it.each(['20:10', '-10', '0.2:0.1'])("'%s' is none, for it starts above its end", (text) => {
    expect(() => parseAlertRange(text)).toThrow(`'${text}' starts above its end`);
  });
});
