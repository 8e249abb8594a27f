import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderWrappedTable } from './wrapped-table.ts';

describe('a table whose long cells go on below', () => {
  it('is as wide as it must be where there is room', () => {
    const table = renderWrappedTable(
      [
        { title: 'WHAT', cells: ['a lane', 'two'], wrapTo: 4 },
        { title: 'SLOTS', cells: ['1,000', '2'], align: 'right' },
      ],
      80,
    );
    expect(table).toEqual({ head: ['WHAT    SLOTS'], body: ['a lane  1,000', 'two         2'] });
  });

  it('breaks the widest column, between words, and long words where it must', () => {
    const table = renderWrappedTable(
      [
        { title: 'WHAT', cells: ['one two three', 'incomprehensible'], wrapTo: 6 },
        { title: 'SLOTS', cells: ['1,000', '2'], align: 'right' },
      ],
      15,
    );
    expect(table).toEqual({
      head: ['WHAT      SLOTS'],
      body: ['one two   1,000', 'three', 'incompre      2', 'hensible'],
    });
  });

  it('colours each line of a cell, and no space beside it', () => {
    const { body } = renderWrappedTable(
      [
        { title: 'N', cells: ['1'], align: 'right' },
        { title: 'WHAT', cells: ['one two'], wrapTo: 3, paint: (text, row) => `<${row}:${text}>` },
      ],
      6,
    );
    expect(body).toEqual(['1  <0:one>', '   <0:two>']);
  });

  it('is never wider than it may be, and loses no letter', () => {
    const cell = fc.string({ maxLength: 60, unit: fc.constantFrom('a', 'b', ' ', 'ä') });
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 5 }), fc.integer({ min: 20, max: 120 }), (cells, width) => {
        const { body } = renderWrappedTable(
          [
            { title: 'A', cells, wrapTo: 5 },
            { title: 'B', cells: cells.map(({ length }) => `${length}`), align: 'right' },
          ],
          width,
        );
        for (const line of body) expect(line.length).toBeLessThanOrEqual(width);
        const letters = (texts: readonly string[]): string => texts.join('').replace(/[\d\s]/g, '');
        expect(letters(body)).toBe(letters(cells));
      }),
    );
  });
});
