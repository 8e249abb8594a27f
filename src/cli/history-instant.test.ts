import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FourtupleError } from '../tcp/error.ts';
import { parseInstant } from './history-instant.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');

describe('an instant', () => {
  beforeEach(() => void vi.stubEnv('TZ', 'Europe/Vienna'));
  afterEach(() => void vi.unstubAllEnvs());

  it.each([
    ['2026-11-20 03:12', '2026-11-20T02:12:00Z'],
    ['2026-11-20T03:12:07', '2026-11-20T02:12:07Z'],
    ['2026-07-20 03:12', '2026-07-20T01:12:00Z'],
    ['2026-11-20', '2026-11-19T23:00:00Z'],
    ['2026-11-20T03:12:00Z', '2026-11-20T03:12:00Z'],
    ['2026-11-20 03:12:00.250+05:30', '2026-11-19T21:42:00.250Z'],
    ['2026-11-20T03:12:00-0800', '2026-11-20T11:12:00Z'],
    ['03:12', '2026-11-20T02:12:00Z'],
    ['3:12:30', '2026-11-20T02:12:30Z'],
    ['13:30', '2026-11-19T12:30:00Z'],
    ['2h ago', '2026-11-20T10:00:00Z'],
    ['-2h', '2026-11-20T10:00:00Z'],
    ['2h', '2026-11-20T10:00:00Z'],
    ['1.5 min ago', '2026-11-20T11:58:30Z'],
    ['3d', '2026-11-17T12:00:00Z'],
    ['2 days ago', '2026-11-18T12:00:00Z'],
    ['now', '2026-11-20T12:00:00Z'],
  ])('is read from %s', (text, instant) => {
    expect(new Date(parseInstant(text, NOW)).toISOString()).toBe(new Date(instant).toISOString());
  });

  it.each([
    '',
    'yesterday',
    '2026-02-30 03:12',
    '2026-02-30T03:12:00Z',
    '2026-13-01',
    '25:00',
    '03:60',
    '2x ago',
    '5',
    'ago',
    '2026-11-20T25:00:00Z',
  ])("is not read from '%s', and it is said what to write", (text) => {
    const wrong = new FourtupleError(
      'FT_ARGUMENT',
      `'${text}' is no time: write '2026-11-20 03:12', 2026-11-20T03:12:00Z, 03:12, or '2h ago'`,
    );
    expect(() => parseInstant(text, NOW)).toThrow(wrong);
  });

  it('is not yet to come', () => {
    expect(() => parseInstant('2026-11-20 13:02', NOW)).toThrow('yet to come');
    expect(() => parseInstant('2027-01-01', NOW)).toThrow('yet to come');
  });
});
