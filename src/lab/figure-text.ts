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

/** A number that stands alone, with four digits at most or all that are before the point; what is not known as `?`. */
export function formatFigure(value: number | null): string {
  return value === null ? UNKNOWN : formatShort(value, DIGITS);
}

/** So many decimals that the smallest has four digits, unless it is far smaller than the others. */
function decimalsFor(values: readonly number[]): number {
  const sizes = values.map(Math.abs);
  const most = Math.max(...sizes);
  if (most === 0 || values.every(Number.isInteger)) return 0;
  const least = Math.min(...sizes.filter((size) => size > most / 2));
  return Math.min(MOST_DECIMALS, Math.max(0, DIGITS - 1 - Math.floor(Math.log10(least))));
}

/** With so many digits at most, and no zeros that say nothing. */
function formatShort(value: number, digits: number): string {
  if (value === 0) return '0';
  const decimals = Math.min(MOST_DECIMALS, Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(value)))));
  const text = formatDecimal(value, decimals);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
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
    return `${withSign(percent, formatDecimal(percent, Math.abs(percent) < 10 ? 2 : 0))}%`;
  }
  const isLost = difference !== 0 && Number(difference.toFixed(decimals)) === 0;
  return withSign(difference, isLost ? formatShort(difference, 2) : formatDecimal(difference, decimals));
}

function withSign(value: number, text: string): string {
  if (!/[1-9]/.test(text)) return '0';
  return value > 0 ? `+${text}` : text;
}

function describeTolerance(tolerance: Tolerance, scale: number): string {
  if (tolerance.kind === 'exact') return 'exact';
  if (tolerance.kind === 'share') return `±${formatFigure(100 * tolerance.share)}%`;
  return `±${formatFigure(tolerance.by / scale)}`;
}
