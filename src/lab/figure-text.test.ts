import { describe, expect, it } from 'vitest';
import { finding } from '../../test/kit/lab-reports.ts';
import { describeDifference, findingText, formatFigure, withUnit } from './figure-text.ts';
import type { Finding } from './lab-report.ts';

const EXACT = { kind: 'exact' } as const;
const SHARE = { kind: 'share', share: 0.02 } as const;

function texts(values: Partial<Finding>): string[] {
  const { predicted, measured, unit, offBy, allowed } = findingText(finding(values));
  return [predicted, measured, unit, offBy, allowed];
}

describe('the figures of a finding', () => {
  it.each<[Partial<Finding>, string[]]>([
    [{ predicted: 28_232, measured: 28_232 }, ['28,232', '28,232', 'slots', '0', 'exact']],
    [{ predicted: 28_232, measured: 28_230 }, ['28,232', '28,230', 'slots', '−2', 'exact']],
    [{ predicted: 1_000, measured: null }, ['1,000', '–', 'slots', '', 'exact']],
    [{ predicted: 1_000, measured: 1_000.25 }, ['1,000', '1,000', 'slots', '+0.25', 'exact']],
    [{ unit: '/s', predicted: 16.3881, measured: 16.4, tolerance: SHARE }, ['16.39', '16.40', '/s', '+0.07%', '±2%']],
    [{ unit: '/s', predicted: 470.5, measured: 400, tolerance: SHARE }, ['470.5', '400.0', '/s', '−15%', '±2%']],
    [{ unit: '', predicted: 0, measured: 0.1, tolerance: SHARE }, ['0.0000', '0.1000', '', '+0.1000', '±2%']],
    [{ unit: '/s', predicted: 100, measured: 99.8877, tolerance: SHARE }, ['100.00', '99.89', '/s', '−0.11%', '±2%']],
    [{ unit: '', predicted: 2, measured: 2, tolerance: SHARE }, ['2', '2', '', '0%', '±2%']],
    [
      { unit: 's', predicted: 61.024, measured: 60.1, tolerance: { kind: 'absolute', by: 2.048 } },
      ['61.02', '60.10', 's', '−0.92', '±2.048'],
    ],
    [
      { unit: 's', predicted: 0.1, measured: 0.1042, tolerance: { kind: 'absolute', by: 0.004 } },
      ['100.0', '104.2', 'ms', '+4.2', '±4'],
    ],
    [{ unit: 's', predicted: 2e-6, measured: 2.5e-6, tolerance: SHARE }, ['2.000', '2.500', 'µs', '+25%', '±2%']],
    [{ unit: 's', predicted: 0, measured: 0, tolerance: EXACT }, ['0', '0', 's', '0', 'exact']],
    [{ unit: '', predicted: -3, measured: -4 }, ['−3', '−4', '', '−1', 'exact']],
    [{ unit: '', predicted: 1e-4, measured: 1.1e-4 }, ['0.0001000', '0.0001100', '', '+0.0000100', 'exact']],
  ])('%j', (values, wanted) => {
    expect(texts(values)).toEqual(wanted);
  });

  it('stand before their unit as people write it', () => {
    expect([withUnit('16', '/s'), withUnit('1,000', 'slots'), withUnit('2', ''), withUnit('–', 'slots')]).toEqual([
      '16/s',
      '1,000 slots',
      '2',
      '–',
    ]);
  });

  it('alone are told with four digits, or as unknown', () => {
    expect([1_234_567.8, 0.123456, 0, 7, -2.5, null].map(formatFigure)).toEqual([
      '1,234,568',
      '0.1235',
      '0',
      '7',
      '−2.5',
      '?',
    ]);
  });
});

describe('a difference', () => {
  it('tells all that is to be known', () => {
    expect(describeDifference(finding({ measured: 998 }))).toBe(
      'a lane: 1,000 slots predicted (ports 40000-40999), 998 slots measured (connect() until EADDRNOTAVAIL): off by −2 slots, and nothing is allowed.',
    );
    const late = { unit: 's', predicted: 0.1, measured: 0.2, tolerance: { kind: 'absolute', by: 0.004 } } as const;
    expect(describeDifference(finding(late))).toContain('off by +100 ms, and ±4 ms is allowed.');
    expect(describeDifference(finding({ measured: 900, tolerance: SHARE }))).toContain(
      'off by −10%, and ±2% is allowed.',
    );
  });
});
