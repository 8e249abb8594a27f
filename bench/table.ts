import { isMet, type Mark } from './marks.ts';
import type { Measurement } from './measurement.ts';

const COLUMNS: readonly (readonly [title: string, value: (measured: Measurement) => string])[] = [
  ['case', ({ name }) => name],
  ['sockets', ({ sockets }) => `${sockets}`],
  ['lanes', ({ lanes }) => `${lanes}`],
  ['first ms', ({ first }) => first.toFixed(1)],
  ['ours ms', ({ ours }) => ours.toFixed(1)],
  ['in recv ms', ({ kernel }) => kernel.toFixed(1)],
  ['ratio', ({ ours, kernel }) => (ours / kernel).toFixed(3)],
  ['ss -tan ms', ({ statistics }) => statistics.toFixed(1)],
  ['ratio', ({ ours, statistics }) => (ours / statistics).toFixed(3)],
  ['ss|awk|sort|uniq ms', ({ pipeline }) => pipeline.toFixed(1)],
  ['ratio', ({ ours, pipeline }) => (ours / pipeline).toFixed(3)],
  ['/proc/net/tcp ms', ({ table }) => table.toFixed(1)],
  ['ratio', ({ ours, table }) => (ours / table).toFixed(3)],
  ['peak MB', ({ peakMegabytes }) => peakMegabytes.toFixed(1)],
];

/** All cases side by side. */
export function renderMeasurements(measurements: readonly Measurement[]): string {
  const rows = measurements.map((measured) => COLUMNS.map(([, value]) => value(measured)));
  return renderTable([COLUMNS.map(([title]) => title), ...rows]);
}

/** Every mark, and whether it is met. */
export function renderMarks(marks: readonly Mark[]): string {
  return renderTable([
    ['mark', 'measured', 'at most', ''],
    ...marks.map((mark) => [
      mark.name,
      `${mark.measured.toFixed(mark.unit === '' ? 3 : 1)}${mark.unit}`,
      `${mark.limit}${mark.unit}`,
      isMet(mark) ? 'met' : 'MISSED',
    ]),
  ]);
}

/** Rows as columns, the first one flush left. */
export function renderTable(rows: readonly (readonly string[])[]): string {
  const width = (column: number): number => Math.max(...rows.map((row) => (row[column] ?? '').length));
  return rows
    .map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(width(0)) : cell.padStart(width(column)))))
    .map((cells) => `${cells.join('  ').trimEnd()}\n`)
    .join('');
}
