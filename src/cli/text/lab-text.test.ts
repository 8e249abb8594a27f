import { describe, expect, it } from 'vitest';
import { expectGolden } from '../../../test/kit/golden.ts';
import { LAB_REPORTS } from '../../../test/kit/lab-reports.ts';
import { renderLab } from './lab-text.ts';
import type { Screen } from './screen.ts';

const SCREENS: Readonly<Record<string, Screen>> = {
  '80': { width: 80, colour: false, unicode: true },
  '120': { width: 120, colour: false, unicode: true },
  'ascii-120': { width: 120, colour: false, unicode: false },
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: what colours are made of
const COLOURS = /\u001b\[\d+m/g;

describe('what came of a lab as text', () => {
  describe.each(Object.entries(LAB_REPORTS))('that %s', (name, report) => {
    it.each(Object.entries(SCREENS))('on a screen of %s', (size, screen) => {
      const text = renderLab(report, screen);
      expectGolden(`lab-${name}-${size}.txt`, text);
      for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(screen.width);
      if (!screen.unicode) expect(text).toMatch(/^[\x20-\x7e\n]*$/);
    });

    it('differs on a terminal with colours only by the colours', () => {
      const screen = SCREENS['80'] as Screen;
      const coloured = renderLab(report, { ...screen, colour: true });
      expect(coloured).not.toBe(coloured.replace(COLOURS, ''));
      expect(coloured.replace(COLOURS, '')).toBe(renderLab(report, screen));
    });
  });
});
