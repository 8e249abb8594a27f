import { wrap } from './wrap.ts';

/** A column whose long cells go on in further lines. */
export interface WrappedColumn {
  readonly title: string;
  readonly cells: readonly string[];
  readonly align?: 'left' | 'right';
  /** Its cells are broken, down to this width, where the table is too wide; left out where they never are. */
  readonly wrapTo?: number;
  /** Colours a line of a cell. */
  readonly paint?: (text: string, row: number) => string;
}

/** The lines of a table that is no wider than `width`, where its columns can be broken so far. */
export interface WrappedTable {
  readonly head: readonly string[];
  readonly body: readonly string[];
}

const GAP = '  ';

export function renderWrappedTable(columns: readonly WrappedColumn[], width: number): WrappedTable {
  const widths = widthsFor(columns, width);
  const rows = columns.reduce((most, { cells }) => Math.max(most, cells.length), 0);
  const lines = (texts: readonly string[], row: number | null): string[] => {
    const broken = texts.map((text, index) => breakText(text, widths[index] as number));
    const height = broken.reduce((most, { length }) => Math.max(most, length), 0);
    return Array.from({ length: height }, (_, line) =>
      columns
        .map((column, index) => {
          const text = broken[index]?.[line] ?? '';
          const painted = row === null || text === '' ? text : (column.paint?.(text, row) ?? text);
          return column.align === 'right' ? space(text, widths[index]) + painted : painted + space(text, widths[index]);
        })
        .join(GAP)
        .trimEnd(),
    );
  };
  return {
    head: lines(
      columns.map(({ title }) => title),
      null,
    ),
    body: Array.from({ length: rows }, (_, row) =>
      lines(
        columns.map(({ cells }) => cells[row] ?? ''),
        row,
      ),
    ).flat(),
  };
}

/** The widest of the columns that can be broken is made narrower, until all fits. */
function widthsFor(columns: readonly WrappedColumn[], width: number): number[] {
  const widths = columns.map(({ title, cells }) =>
    cells.reduce((most, { length }) => Math.max(most, length), title.length),
  );
  let excess = widths.reduce((sum, each) => sum + each, 0) + GAP.length * (columns.length - 1) - width;
  for (; excess > 0; excess -= 1) {
    const widest = widestOf(columns, widths);
    if (widest === null) break;
    widths[widest] = (widths[widest] as number) - 1;
  }
  return widths;
}

function widestOf(columns: readonly WrappedColumn[], widths: readonly number[]): number | null {
  let widest: number | null = null;
  for (const [index, { wrapTo }] of columns.entries()) {
    const own = widths[index] as number;
    if (wrapTo === undefined || own <= wrapTo) continue;
    if (widest === null || own > (widths[widest] as number)) widest = index;
  }
  return widest;
}

/** Between words; a word that is longer than a line is broken too. */
function breakText(text: string, width: number): string[] {
  if (text.length <= width) return [text];
  const words = text.split(' ').flatMap((word) => word.match(new RegExp(`.{1,${width}}`, 'gu')) ?? []);
  return wrap(words.join(' '), width, '').split('\n');
}

/** What a text lacks to a width. */
function space({ length }: string, width = 0): string {
  return ' '.repeat(Math.max(0, width - length));
}
