/** A column of a table: its title, and a cell for each row. */
export interface Column {
  readonly title: string;
  readonly cells: readonly string[];
  readonly align?: 'left' | 'right';
  /** Shortened to this width, with an ellipsis, where the table is too wide; left out where it never is. */
  readonly shrinkTo?: number;
  /** Colours a cell that is already padded. */
  readonly paint?: (text: string, row: number) => string;
}

const GAP = '  ';

/** Lines of a table, its title first; as wide as it must be, and no wider than `width` where columns can shrink. */
export function renderTable(columns: readonly Column[], width: number, ellipsis: string): string[] {
  const widths = shrink(columns, width);
  const rows = longest(columns.map(({ cells }) => cells));
  const line = (cell: (column: Column, index: number) => string): string => columns.map(cell).join(GAP).trimEnd();
  const title = line((column, index) =>
    pad(column, shorten(column.title, widths[index] as number, ellipsis), widths[index] as number),
  );
  const body = Array.from({ length: rows }, (_, row) =>
    line((column, index) => {
      const columnWidth = widths[index] as number;
      const text = pad(column, shorten(column.cells[row] ?? '', columnWidth, ellipsis), columnWidth);
      return column.paint?.(text, row) ?? text;
    }),
  );
  return [title, ...body];
}

/** Shrinks the last shrinkable columns first. */
function shrink(columns: readonly Column[], width: number): number[] {
  const widths = columns.map(({ title, cells }) => Math.max(title.length, longest(cells)));
  let excess = widths.reduce((sum, each) => sum + each, 0) + GAP.length * (columns.length - 1) - width;
  for (let index = columns.length - 1; index >= 0 && excess > 0; index -= 1) {
    const least = columns[index]?.shrinkTo;
    if (least === undefined) continue;
    const less = Math.min(excess, Math.max(0, (widths[index] as number) - least));
    widths[index] = (widths[index] as number) - less;
    excess -= less;
  }
  return widths;
}

function shorten(text: string, width: number, ellipsis: string): string {
  return text.length <= width ? text : text.slice(0, Math.max(0, width - ellipsis.length)) + ellipsis;
}

function pad(column: Column, text: string, width: number): string {
  return column.align === 'right' ? text.padStart(width) : text.padEnd(width);
}

/** Math.max takes no more arguments than the stack holds. */
function longest(values: readonly { readonly length: number }[]): number {
  return values.reduce((most, { length }) => Math.max(most, length), 0);
}
