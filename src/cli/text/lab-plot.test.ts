import { describe, expect, it } from 'vitest';
import { EMPTY_PLOT, EMPTY_TABLE } from '../../../test/kit/lab-reports.ts';
import type { Plot } from '../../lab/lab-report.ts';
import { renderPlot } from './lab-plot.ts';
import { renderLabTable } from './lab-table.ts';
import type { Screen } from './screen.ts';

const SCREEN: Screen = { width: 40, colour: false, unicode: true };

const TWO: Plot = {
  title: 'Two lines that meet',
  x: { label: 'time', unit: 'seconds' },
  y: { label: 'slots', unit: 'count' },
  series: [
    {
      name: 'up',
      points: [
        [0, 0],
        [10, 100],
      ],
    },
    {
      name: 'down',
      points: [
        [0, 100],
        [10, 100],
        [10, 0],
      ],
    },
  ],
  marks: [{ x: 5, label: 'the middle' }],
};

describe('a plot on a terminal', () => {
  it('has its axes, its curves, the way between their points, its marks and a key', () => {
    expect(renderPlot(TWO, SCREEN)).toEqual([
      '  Two lines that meet',
      '  slots',
      '  100 ┤○·······························◆',
      '      │                ┊          ····',
      '   80 ┤                ┊       ···',
      '      │                ┊   ····',
      '   60 ┤                ┊···',
      '   40 ┤             ····',
      '      │         ····   ┊',
      '   20 ┤      ···       ┊',
      '      │  ····          ┊',
      '    0 ┤●·              ┊               ○',
      '      └┬───────────────┬───────────────┬',
      '       0               5              10',
      '                    time, s',
      '  ● up   ○ down   ◆ more than one',
      '  ┊ the middle (5 s)',
    ]);
  });

  it.each([80, 40, 20, 10])('keeps within %d columns where that can be', (width) => {
    for (const line of renderPlot(TWO, { ...SCREEN, width })) {
      expect(line.length).toBeLessThanOrEqual(Math.max(width, 32));
    }
  });

  it('is there where nothing can be drawn', () => {
    const lines = renderPlot(EMPTY_PLOT, SCREEN);
    expect(lines).toHaveLength(2 + 10 + 3 + 1);
    expect(lines.at(-1)).toBe('  ● none');
  });
});

describe('a table of an experiment', () => {
  it('is there without rows', () => {
    expect(renderLabTable(EMPTY_TABLE, SCREEN)).toEqual(['  Nothing', '  one  other']);
  });

  it('has numbers at the right, unknown ones as such, and text at the left', () => {
    const rows = [
      [1, 'a', 1_000],
      [22, 'bb', null],
    ];
    expect(renderLabTable({ title: 'T', columns: ['n', 'what', 'slots'], rows }, SCREEN)).toEqual([
      '  T',
      '   n  what  slots',
      '   1  a     1,000',
      '  22  bb        ?',
    ]);
  });
});
