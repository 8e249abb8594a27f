import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Column, renderTable } from './table.ts';

const anyCell = fc.string({ unit: fc.constantFrom('a', 'b', '1'), minLength: 1, maxLength: 12 });
const anyTable = fc.integer({ min: 1, max: 5 }).chain((rows) =>
  fc.array(
    fc.record({
      title: anyCell,
      cells: fc.array(anyCell, { minLength: rows, maxLength: rows }),
      align: fc.constantFrom('left' as const, 'right' as const),
    }),
    { minLength: 1, maxLength: 5 },
  ),
);

const column = (title: string, cells: readonly string[], more: Partial<Column> = {}): Column => ({
  title,
  cells,
  ...more,
});

describe('a table', () => {
  it('has its cells below their title, in columns that are as wide as they must be', () => {
    fc.assert(
      fc.property(anyTable, (columns) => {
        const lines = renderTable(columns, Number.POSITIVE_INFINITY, '~');
        expect(lines).toHaveLength(1 + (columns[0]?.cells.length ?? 0));
        let start = 0;
        for (const { title, cells, align } of columns) {
          const width = Math.max(title.length, ...cells.map(({ length }) => length));
          for (const [index, text] of [title, ...cells].entries()) {
            const padded = align === 'right' ? text.padStart(width) : text.padEnd(width);
            expect((lines[index] as string).slice(start, start + width).padEnd(width)).toBe(padded);
          }
          start += width + 2;
        }
      }),
    );
  });

  it('is no wider than the screen where its columns can shrink', () => {
    fc.assert(
      fc.property(anyTable, fc.integer({ min: 1, max: 80 }), fc.nat(5), (columns, width, least) => {
        const shrinking = columns.map((each) => ({ ...each, shrinkTo: least + 1 }));
        const narrowest = shrinking.reduce(
          (sum, { title, cells }) =>
            sum + Math.min(least + 1, Math.max(title.length, ...cells.map(({ length }) => length))),
          2 * (columns.length - 1),
        );
        for (const line of renderTable(shrinking, width, '~')) {
          expect(line.length).toBeLessThanOrEqual(Math.max(width, narrowest));
        }
      }),
    );
  });

  it('shrinks its last columns first, and shows where text is missing', () => {
    const columns = [
      column('LANE', ['10.0.0.5>10.0.1.9:80'], { shrinkTo: 10 }),
      column('USED', ['1'], { align: 'right' }),
      column('OWNER', ['haproxy 811 in haproxy.service'], { shrinkTo: 12 }),
    ];
    expect(renderTable(columns, 50, '…')).toEqual([
      'LANE                  USED  OWNER',
      '10.0.0.5>10.0.1.9:80     1  haproxy 811 in haprox…',
    ]);
    expect(renderTable(columns, 36, '~')).toEqual([
      'LANE              USED  OWNER',
      '10.0.0.5>10.0.1~     1  haproxy 811~',
    ]);
    // No column goes below what it must have.
    expect(renderTable(columns, 10, '~')[1]).toBe('10.0.0.5>~     1  haproxy 811~');
  });

  it('colours cells when they are padded, so that colour takes no room', () => {
    const paint = (text: string, row: number): string => (row === 1 ? `<${text}>` : text);
    expect(renderTable([column('A', ['x', 'y'], { align: 'right', paint }), column('BB', ['z', ''])], 80, '~')).toEqual(
      ['A  BB', 'x  z', '<y>'],
    );
  });

  it('takes as many rows as there are', () => {
    const cells = Array.from({ length: 300_000 }, (_, index) => `${index}`);
    expect(renderTable([column('LANE', cells)], 80, '~')).toHaveLength(300_001);
  });
});
