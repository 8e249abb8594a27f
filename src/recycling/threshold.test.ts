import { describe, expect, it } from 'vitest';
import { type LaneRoom, parseThreshold, thresholdSlots } from './threshold.ts';

const ROOM: LaneRoom = { slots: 28_231, firstPassPorts: 14_116, beside: 0 };

describe('a threshold as people write it', () => {
  it.each([
    ['cliff', { kind: 'cliff' }],
    ['14000', { kind: 'slots', slots: 14_000 }],
    [' 0 ', { kind: 'slots', slots: 0 }],
    ['65535', { kind: 'slots', slots: 65_535 }],
    ['50%', { kind: 'share', share: 0.5 }],
    ['12.5%', { kind: 'share', share: 0.125 }],
    ['0%', { kind: 'share', share: 0 }],
    ['100%', { kind: 'share', share: 1 }],
  ])('%s is read', (text, threshold) => {
    expect(parseThreshold(text)).toEqual(threshold);
  });

  it.each(['', 'half', '-1', '65536', '1e3', '14,000', '1.5', '101%', '100.1%', '%', '5 %', 'cliff 5', '0x10'])(
    '%j is refused, and the error says how to write one',
    (text) => {
      expect(() => parseThreshold(text)).toThrow(
        expect.objectContaining({
          code: 'FT_ARGUMENT',
          message: `'${text}' is not a threshold`,
          hint: expect.stringContaining('50%'),
        }),
      );
    },
  );
});

describe('a threshold in used slots', () => {
  it('is what was given, or a share of the slots', () => {
    expect(thresholdSlots({ kind: 'slots', slots: 14_000 }, ROOM)).toBe(14_000);
    expect(thresholdSlots({ kind: 'share', share: 0.5 }, ROOM)).toBe(14_115);
    expect(thresholdSlots({ kind: 'share', share: 1 }, ROOM)).toBe(28_231);
  });

  it('just below the cliff leaves connect() one port of its first pass', () => {
    expect(thresholdSlots({ kind: 'cliff' }, ROOM)).toBe(14_115);
  });

  it('just below the cliff counts what is held beside the first pass on top', () => {
    expect(thresholdSlots({ kind: 'cliff' }, { ...ROOM, beside: 1_000 })).toBe(15_115);
    expect(thresholdSlots({ kind: 'cliff' }, { ...ROOM, beside: 20_000 })).toBe(28_230);
  });

  it('is half of the slots where there is no cliff', () => {
    expect(thresholdSlots({ kind: 'cliff' }, { ...ROOM, firstPassPorts: null })).toBe(14_115);
  });

  it('is never below 0', () => {
    expect(thresholdSlots({ kind: 'cliff' }, { slots: 0, firstPassPorts: 0, beside: 0 })).toBe(0);
  });
});
