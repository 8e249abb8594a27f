import { formatFigure } from '../../lab/figure-text.ts';
import type { Table } from '../../lab/lab-report.ts';
import { toAscii } from './ascii.ts';
import type { Screen } from './screen.ts';
import { style } from './style.ts';
import { wrap } from './wrap.ts';
import { renderWrappedTable } from './wrapped-table.ts';

const INDENT = '  ';
const NARROWEST = 8;

/** A table that an experiment has made: numbers at the right, text broken where it must be. */
export function renderLabTable({ title, columns, rows }: Table, screen: Screen): string[] {
  const { head, body } = renderWrappedTable(
    columns.map((column, index) => {
      const cells = rows.map((row) => row[index] ?? null);
      const isText = cells.some((cell) => typeof cell === 'string');
      const texts = cells.map((cell) => (typeof cell === 'string' ? cell : formatFigure(cell)));
      return {
        title: column,
        cells: screen.unicode ? texts : texts.map(toAscii),
        align: isText ? 'left' : 'right',
        wrapTo: NARROWEST,
      };
    }),
    screen.width - INDENT.length,
  );
  return [
    wrap(`${INDENT}${title}`, screen.width, INDENT),
    ...head.map((line) => style(screen, 'dim', INDENT + line)),
    ...body.map((line) => INDENT + line),
  ];
}
