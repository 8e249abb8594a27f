import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyRange } from '../../test/kit/arbitraries.ts';
import { formatRange, parsePortRange } from '../tcp/port-range.ts';
import { checkRange, type RangeRefusal } from './range-choice.ts';

const check = (text: string, unprivilegedPortStart: number | null = 1024): RangeRefusal | null =>
  checkRange(parsePortRange(text), { unprivilegedPortStart });

describe('a range that a person chooses', () => {
  it.each<[string, number | null]>([
    ['1024-65535', 1024],
    ['1025-65534', 1024],
    ['32768-60999', 1024],
    ['40000-40001', 1024],
    ['80-1023', 80],
    ['80-1023', 0],
    ['2-65535', null],
  ])('is taken where the kernel takes it and connect() looks at all of it: %s from %j on', (text, start) => {
    expect(check(text, start)).toBeNull();
  });

  it('is refused below where unprivileged ports begin', () => {
    expect(check('80-60999')?.text).toBe(
      '80-60999 begins below port 1024, and the kernel takes no range that begins below ip_unprivileged_port_start',
    );
    expect(check('1023-60000', 1024)).not.toBeNull();
    expect(check('1024-60000', 1025)).not.toBeNull();
  });

  it('is refused where it is one port, or begins and ends at the same parity', () => {
    expect(check('40000-40000')?.text).toBe('40000-40000 is a single port: each lane would have one slot');
    expect(check('40000-41000')?.text).toBe(
      '40000-41000 begins and ends at an even port: connect() looks at an even number of ports and can miss the last free one',
    );
    expect(check('40001-41001')?.text).toContain('at an odd port');
  });

  it.each<[string, number | null, string | null]>([
    ['40000-41000', 1024, '40000-41001'],
    ['40001-41001', 1024, '40001-41002'],
    ['40000-40000', 1024, '40000-40001'],
    ['1025-65535', 1024, '1024-65535'],
    ['65535-65535', 1024, '65534-65535'],
    ['1-65535', null, '2-65535'],
    ['1025-65535', 1025, '1026-65535'],
    ['80-60999', 1024, '1024-60999'],
    ['81-61000', 1024, '1024-61001'],
    ['80-443', 1024, '1024-1025'],
    ['80-443', 65_534, '65534-65535'],
    ['65535-65535', 65_535, null],
  ])('has the good one beside it that differs least, the wider of two: %s from %j on', (text, start, nearest) => {
    const refusal = check(text, start);
    expect(refusal).not.toBeNull();
    expect(refusal?.nearest ?? null).toEqual(nearest === null ? null : parsePortRange(nearest));
  });

  it('is refused only where no good one is given instead, or one that is good and a port away from what can be had', () => {
    const anyStart = fc.oneof(fc.constant(null), fc.nat(1_100), fc.nat(65_534));
    fc.assert(
      fc.property(anyRange, anyStart, (range, unprivilegedPortStart) => {
        const machine = { unprivilegedPortStart };
        const lowest = Math.max(1, unprivilegedPortStart ?? 1);
        const low = Math.max(range.low, lowest);
        const high = Math.max(range.high, low);
        const refusal = checkRange(range, machine);
        expect(refusal === null).toBe(range.low === low && (high - low) % 2 === 1);
        if (refusal === null) return;
        const { text, nearest } = refusal;
        expect(text.startsWith(`${formatRange(range)} `)).toBe(true);
        if (nearest === null) throw new Error('there is a good one');
        expect(checkRange(nearest, machine)).toBeNull();
        expect(parsePortRange(formatRange(nearest))).toEqual(nearest);
        expect(Math.abs(nearest.low - low) + Math.abs(nearest.high - high)).toBeLessThanOrEqual(1);
        const isAllThereIs = low === lowest && high === 65_535;
        if (!isAllThereIs) expect(nearest.low <= low && nearest.high >= high).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
