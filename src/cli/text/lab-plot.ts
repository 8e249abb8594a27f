import type { Plot } from '../../lab/lab-report.ts';
import { axisText, axisTitle, drawable, type PlotScale, plotScales, plotText } from '../../lab/plot-scale.ts';
import type { Screen } from './screen.ts';
import { style } from './style.ts';
import { wrap } from './wrap.ts';

const INDENT = '  ';
const ROWS = 10;
const [NARROWEST, WIDEST] = [24, 72];
const Y_TICKS = 5;
const COLUMNS_OF_TICK = 12;

/** What a plot is drawn with: curves, the way between their points, more than one curve, a mark, and the axes. */
interface Signs {
  readonly curves: readonly string[];
  readonly between: string;
  readonly several: string;
  readonly mark: string;
  readonly upright: string;
  readonly tick: string;
  readonly corner: string;
  readonly level: string;
  readonly levelTick: string;
}

const UNICODE: Signs = {
  ...{ curves: ['●', '○', '▲', '□', '▼', '◇'], between: '·', several: '◆', mark: '┊' },
  ...{ upright: '│', tick: '┤', corner: '└', level: '─', levelTick: '┬' },
};
const ASCII: Signs = {
  ...{ curves: ['*', 'o', '+', 'x', '%', '@'], between: '.', several: '#', mark: ':' },
  ...{ upright: '|', tick: '+', corner: '+', level: '-', levelTick: '+' },
};

const COLOURS = ['cyan', 'yellow', 'green', 'red'] as const;

/** A plot as a small drawing of signs, with what they mean below it. */
export function renderPlot(plot: Plot, screen: Screen): string[] {
  const signs = screen.unicode ? UNICODE : ASCII;
  const scales = plotScales(plot);
  const yTicks = new Map(scales.y.ticks(Y_TICKS).map((value) => [rowOf(scales.y, value), axisText(plot.y, value)]));
  const label = Math.max(...[...yTicks.values()].map(({ length }) => length), 1);
  const width = Math.max(NARROWEST, Math.min(WIDEST, screen.width - INDENT.length - label - 2));
  const canvas = new Canvas(plot, width, signs, scales);
  const rows = canvas.rows.map((cells, row) => {
    const axis = (yTicks.get(row) ?? '').padStart(label) + (yTicks.has(row) ? ` ${signs.tick}` : ` ${signs.upright}`);
    return INDENT + (axis + cells.map((sign) => paint(sign, signs, screen)).join('')).trimEnd();
  });
  return [
    wrap(`${INDENT}${plot.title}`, screen.width, INDENT),
    style(screen, 'dim', `${INDENT}${axisTitle(plot.y)}`),
    ...rows,
    ...xAxis(plot, scales.x, { width, label, signs }).map((line) => INDENT + line),
    ...inLines(key(plot, canvas.hasSeveral, signs), screen.width - INDENT.length).map((line) => INDENT + line),
  ];
}

function rowOf(scale: PlotScale, value: number): number {
  return ROWS - 1 - Math.round(scale.position(value) * (ROWS - 1));
}

function columnOf(scale: PlotScale, value: number, width: number): number {
  return Math.round(scale.position(value) * (width - 1));
}

/** The signs of a plot, row by row from the top. */
class Canvas {
  readonly rows: string[][];
  /** Whether two curves meet somewhere. */
  hasSeveral = false;
  readonly #signs: Signs;

  constructor(plot: Plot, width: number, signs: Signs, { x, y }: ReturnType<typeof plotScales>) {
    this.#signs = signs;
    this.rows = Array.from({ length: ROWS }, () => Array.from({ length: width }, () => ' '));
    for (const mark of plot.marks) {
      for (const cells of this.rows) cells[columnOf(x, mark.x, width)] = signs.mark;
    }
    const curves = plot.series.map((series) =>
      drawable(series, plot).map(([at, value]): Cell => ({ column: columnOf(x, at, width), row: rowOf(y, value) })),
    );
    for (const cells of curves) this.#join(cells);
    for (const [index, cells] of curves.entries()) this.#dot(cells, signs.curves[index % signs.curves.length] ?? '');
  }

  /** Straight lines between points that are apart. */
  #join(cells: readonly Cell[]): void {
    for (const [index, { column, row }] of cells.entries()) {
      const next = cells[index + 1];
      if (next === undefined) break;
      for (let at = column + 1; at < next.column; at += 1) {
        const share = (at - column) / (next.column - column);
        this.#put(Math.round(row + share * (next.row - row)), at, this.#signs.between);
      }
    }
  }

  #dot(cells: readonly Cell[], sign: string): void {
    for (const { column, row } of cells) {
      const before = this.rows[row]?.[column] ?? ' ';
      const isTaken = before !== sign && (this.#signs.curves.includes(before) || before === this.#signs.several);
      if (isTaken) this.hasSeveral = true;
      this.#put(row, column, isTaken ? this.#signs.several : sign);
    }
  }

  #put(row: number, column: number, sign: string): void {
    const cells = this.rows[row];
    if (cells !== undefined) cells[column] = sign;
  }
}

interface Cell {
  readonly column: number;
  readonly row: number;
}

function paint(sign: string, { curves, mark, several }: Signs, screen: Screen): string {
  const curve = curves.indexOf(sign);
  if (curve >= 0) return style(screen, COLOURS[curve % COLOURS.length] ?? 'cyan', sign);
  if (sign === several) return style(screen, 'bold', sign);
  return sign === mark ? style(screen, 'dim', sign) : sign;
}

function xAxis(
  { x }: Plot,
  scale: PlotScale,
  { width, label, signs }: { readonly width: number; readonly label: number; readonly signs: Signs },
): string[] {
  const line = Array.from({ length: width }, () => signs.level);
  let texts = '';
  for (const value of scale.ticks(Math.max(2, Math.floor(width / COLUMNS_OF_TICK)))) {
    const [column, text] = [columnOf(scale, value, width), axisText(x, value)];
    const start = Math.min(Math.max(0, column - Math.floor(text.length / 2)), width - text.length);
    // What would run into the text before it is left out.
    if (start <= texts.length && texts !== '') continue;
    line[column] = signs.levelTick;
    texts = texts.padEnd(start) + text;
  }
  const margin = ' '.repeat(label + 2);
  return [
    `${' '.repeat(label + 1)}${signs.corner}${line.join('')}`,
    margin + texts,
    margin + axisTitle(x).padStart((width + axisTitle(x).length) / 2),
  ];
}

/** As many in a line as have room. */
function inLines(items: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const item of items) {
    const last = lines.at(-1);
    const together = last === undefined ? item : `${last}   ${item}`;
    if (last === undefined || together.length > width) lines.push(...wrap(item, width).split('\n'));
    else lines[lines.length - 1] = together;
  }
  return lines;
}

function key({ x, series, marks }: Plot, hasSeveral: boolean, { curves, several, mark }: Signs): string[] {
  return [
    ...series.map(({ name }, index) => `${curves[index % curves.length]} ${name}`),
    ...(hasSeveral ? [`${several} more than one`] : []),
    ...marks.map((one) => `${mark} ${one.label} (${plotText(x, one.x)})`),
  ];
}
