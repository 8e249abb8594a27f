import { describe, expect, it } from 'vitest';
import { changeLike, entryLike, WIDENING } from '../../../test/kit/fix-reports.ts';
import { expectGolden } from '../../../test/kit/golden.ts';
import type { FixUndone } from '../fix-report.ts';
import { renderUndone } from './fix-undone-text.ts';
import type { Screen } from './screen.ts';

const NONE: FixUndone = { schema: 1, action: 'undone', undone: [], failed: [], closed: null };
const host = { inode: 4_026_531_840, name: 'host' };
const [reserving, widening] = WIDENING as [ReturnType<typeof changeLike>, ReturnType<typeof changeLike>];

const UNDONE: Readonly<Record<string, Partial<FixUndone>>> = {
  several: {
    undone: [
      {
        ...{ id: 3, remedy: 'wider-range', namespace: host, how: 'undone' },
        restored: [{ ...widening, from: widening.to, to: widening.from }],
        alreadyBack: [reserving, changeLike({ kind: 'sysctl.d', from: null })],
      },
      {
        ...{ id: 2, remedy: 'tcp-tw-reuse', namespace: { inode: 4_026_532_001, name: null }, how: 'gone' },
        ...{ restored: [], alreadyBack: [] },
      },
    ],
  },
  nothing: {},
  closed: {
    closed: entryLike({ closed: { at: '2026-11-20T12:00:00.000Z', how: 'failed', note: 'EINVAL.' } }),
  },
};

const SCREENS: Readonly<Record<string, Screen>> = {
  '80': { width: 80, colour: false, unicode: true },
  'ascii-120': { width: 120, colour: false, unicode: false },
};

describe('what was taken back, as text', () => {
  describe.each(Object.entries(UNDONE))('%s', (name, more) => {
    it.each(Object.entries(SCREENS))('on a screen of %s', (size, screen) => {
      const text = renderUndone({ ...NONE, ...more }, screen);
      expectGolden(`fix-undone-${name}-${size}.txt`, text);
      for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(screen.width);
    });
  });

  it('is nothing where all of it has failed: the errors tell', () => {
    const failed = [{ id: 3, remedy: 'tcp-tw-reuse', code: 'FT_CHANGED', message: 'changed', hint: null }];
    expect(renderUndone({ ...NONE, failed }, SCREENS['80'] as Screen)).toBe('');
  });
});
