import { type AlertRange, formatAlertRange, formatDecimal } from './alert-range.ts';

/** One figure for graphs. */
export interface Perfdatum {
  /** The first 19 characters tell it from the others: some databases keep no more. */
  readonly label: string;
  /** null where it is not known. */
  readonly value: number | null;
  /** Seconds, percent, a counter that only grows; left out for a plain number. */
  readonly unit?: 's' | '%' | 'c';
  readonly warning?: AlertRange | null;
  readonly critical?: AlertRange | null;
  readonly min?: number;
  readonly max?: number | null;
}

const DECIMALS = 3;

/** `utilization=98.9%;80;95;0;100 …`, as the guidelines of the monitoring plugins have it; U is a value that is not known. */
export function formatPerfdata(data: readonly Perfdatum[]): string {
  return data.map(formatDatum).join(' ');
}

function formatDatum({ label, value, unit, warning, critical, min, max }: Perfdatum): string {
  const fields = [
    value === null ? 'U' : `${formatNumber(value)}${unit ?? ''}`,
    formatThreshold(warning),
    formatThreshold(critical),
    formatNumber(min),
    formatNumber(max),
  ];
  return `${formatLabel(label)}=${fields.join(';').replace(/;+$/, '')}`;
}

function formatLabel(label: string): string {
  return /[\s=']/.test(label) ? `'${label.replaceAll("'", "''")}'` : label;
}

function formatThreshold(range: AlertRange | null | undefined): string {
  return range === null || range === undefined ? '' : formatAlertRange(range);
}

function formatNumber(value: number | null | undefined): string {
  return value === null || value === undefined ? '' : formatDecimal(Number(value.toFixed(DECIMALS)));
}
