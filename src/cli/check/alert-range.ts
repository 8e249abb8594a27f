import { FourtupleError } from '../../tcp/error.ts';

/**
 * Which values alert, as the guidelines of the monitoring plugins have it: those outside of start to end, both ends
 * inclusive, or those inside of it.
 */
export interface AlertRange {
  /** -Infinity where it is open. */
  readonly start: number;
  /** Infinity where it is open; not less than `start`. */
  readonly end: number;
  /** Written with an @: what is inside alerts. */
  readonly inside: boolean;
}

const NUMBER = String.raw`-?(?:\d{1,15}(?:\.\d{1,15})?|\.\d{1,15})`;
const RANGE = new RegExp(`^(@)?(?:(${NUMBER}|~)?(:))?(${NUMBER})?$`);

/**
 * Reads `[@]start:end`: `10` is 0 to 10, `10:` has no end, `~:10` no start; a start that is left out is 0.
 *
 * @throws FourtupleError FT_ARGUMENT
 */
export function parseAlertRange(text: string): AlertRange {
  const [, at, from, colon, to] = RANGE.exec(text) ?? [];
  if (to === undefined && (colon === undefined || from === undefined)) throw wrong(text, 'is not a range');
  const start = from === '~' ? Number.NEGATIVE_INFINITY : numberOf(from ?? '0');
  const end = to === undefined ? Number.POSITIVE_INFINITY : numberOf(to);
  if (start > end) throw wrong(text, 'starts above its end');
  return { start, end, inside: at !== undefined };
}

/** There is no zero below zero. */
function numberOf(text: string): number {
  return Number(text) + 0;
}

function wrong(text: string, what: string): FourtupleError {
  return new FourtupleError(
    'FT_ARGUMENT',
    `'${text}' ${what}: write 80 (alerts above 80), 300: (alerts below 300), 10:20 (alerts outside), @10:20 (alerts inside) or ~: (never alerts)`,
  );
}

/** The shortest text that {@link parseAlertRange} reads as the same range. */
export function formatAlertRange({ start, end, inside }: AlertRange): string {
  const from = start === Number.NEGATIVE_INFINITY ? '~' : formatDecimal(start);
  const to = end === Number.POSITIVE_INFINITY ? '' : formatDecimal(end);
  return `${inside ? '@' : ''}${from === '0' && to !== '' ? to : `${from}:${to}`}`;
}

/** A number without an exponent, to 15 decimals. */
export function formatDecimal(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(15).replace(/\.?0+$/, '') : text;
}

export function alerts({ start, end, inside }: AlertRange, value: number): boolean {
  return (start <= value && value <= end) === inside;
}
