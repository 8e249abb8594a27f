import { formatCount, UNKNOWN } from '../tcp/number-text.ts';
import type { Finding, Tolerance } from './lab-report.ts';

/** What stands where nothing was measured. */
export const NOT_MEASURED = '–';

/** The figures of a finding as text, all in one unit and with as many decimals, so that they can be compared. */
export interface FindingText {
  readonly predicted: string;
  /** {@link NOT_MEASURED} where it has not come to that. */
  readonly measured: string;
  /** Of the figures: `slots`, `/s`, `ms`; may be empty. */
  readonly unit: string;
  /** The difference, with its sign: `+2`, `−0.31%`. */
  readonly offBy: string;
  /** How far it may be off: `exact`, `±2%`, `±4`. */
  readonly allowed: string;
}

/** So many digits tell a hundredth of what is allowed. */
const DIGITS = 4;
const MOST_DECIMALS = 9;

/** Times are told in seconds, or in the next smaller unit where they are shorter than one. */
const TIME_UNITS = [
  { unit: 's', seconds: 1, from: 0.9995 },
  { unit: 'ms', seconds: 1e-3, from: 0.9995e-3 },
  { unit: 'µs', seconds: 1e-6, from: 0 },
] as const;

/** The figures of a finding, as a person compares them. */
export function findingText({ predicted, measured, unit, tolerance }: Finding): FindingText {
  const most = Math.max(Math.abs(predicted), Math.abs(measured ?? 0));
  const shown = unit === 's' ? TIME_UNITS.find(({ from }) => most >= from && most > 0) : undefined;
  const scale = shown?.seconds ?? 1;
  const decimals = decimalsFor([predicted / scale, (measured ?? 0) / scale]);
  return {
    predicted: formatDecimal(predicted / scale, decimals),
    measured: measured === null ? NOT_MEASURED : formatDecimal(measured / scale, decimals),
    unit: shown?.unit ?? unit,
    offBy: measured === null ? '' : offByText(predicted / scale, measured / scale, tolerance, decimals),
    allowed: describeTolerance(tolerance, scale),
  };
}

/** `1,000 slots`, `16.4/s`, `5`. */
export function withUnit(figure: string, unit: string): string {
  if (unit === '' || figure === NOT_MEASURED) return figure;
  return unit.startsWith('/') || unit === '%' ? figure + unit : `${figure} ${unit}`;
}

/** All that is to be known of a prediction that fails. */
export function describeDifference(finding: Finding): string {
  const { what, basis, evidence, tolerance } = finding;
  const { predicted, measured, unit, offBy, allowed } = findingText(finding);
  const limit =
    tolerance.kind === 'exact'
      ? 'nothing is allowed'
      : `${tolerance.kind === 'share' ? allowed : withUnit(allowed, unit)} is allowed`;
  return `${what}: ${withUnit(predicted, unit)} predicted (${basis}), ${withUnit(measured, unit)} measured (${evidence ?? UNKNOWN}): off by ${withUnit(offBy, offBy.endsWith('%') ? '' : unit)}, and ${limit}.`;
}

/** A number that stands alone, with four digits or all that are before the point; what is not known as `?`. */
export function formatFigure(value: number | null): string {
  return value === null ? UNKNOWN : formatDecimal(value, decimalsFor([value]));
}

function decimalsFor(values: readonly number[]): number {
  const most = Math.max(...values.map(Math.abs));
  if (most === 0 || values.every(Number.isInteger)) return 0;
  return Math.min(MOST_DECIMALS, Math.max(0, DIGITS - 1 - Math.floor(Math.log10(most))));
}

function formatDecimal(value: number, decimals: number): string {
  const [whole = '', fraction] = Math.abs(value).toFixed(decimals).split('.');
  const digits = fraction === undefined ? formatCount(Number(whole)) : `${formatCount(Number(whole))}.${fraction}`;
  return value < 0 && /[1-9]/.test(digits) ? `−${digits}` : digits;
}

function offByText(predicted: number, measured: number, tolerance: Tolerance, decimals: number): string {
  const difference = measured - predicted;
  if (tolerance.kind === 'share' && predicted !== 0) {
    const percent = (100 * difference) / Math.abs(predicted);
    return `${signed(percent, Math.abs(percent) < 10 ? 2 : 0)}%`;
  }
  const isLost = difference !== 0 && Number(difference.toFixed(decimals)) === 0;
  return signed(difference, isLost ? decimalsFor([difference]) : decimals);
}

function signed(value: number, decimals: number): string {
  const text = formatDecimal(value, decimals);
  if (!/[1-9]/.test(text)) return '0';
  return value > 0 ? `+${text}` : text;
}

function describeTolerance(tolerance: Tolerance, scale: number): string {
  if (tolerance.kind === 'exact') return 'exact';
  if (tolerance.kind === 'share') return `±${Number((100 * tolerance.share).toPrecision(DIGITS))}%`;
  return `±${formatFigure(tolerance.by / scale)}`;
}
