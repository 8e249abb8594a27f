import { FourtupleError } from './error.ts';

/** `28,232`, `1.5`, and a thousand or a million of them: `10k`, `2M`. */
const NUMBER = String.raw`(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?`;
const COUNT = new RegExp(`^${NUMBER}\\s*([kM])?$`);
const RATE = new RegExp(`^${NUMBER}\\s*([kM])?(?:\\s*/\\s*(s|m|min|h))?$`);
const TIME = new RegExp(`^${NUMBER}\\s*(ms|s|m|min|h)$`);

/** As powers of ten, which decimal digits take on without being rounded: 1.1k is 1100. */
const POWERS: Readonly<Record<string, number>> = { '': 0, k: 3, M: 6, ms: -3 };
const SECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1, m: 60, min: 60, h: 3_600 };

/**
 * Reads a time as people write it: `50ms`, `2s`, `1.5m`, `2h`, `0`.
 *
 * @returns seconds
 * @throws FourtupleError FT_ARGUMENT
 */
export function parseSeconds(text: string): number {
  const seconds = tryParseSeconds(text);
  if (seconds !== null) return seconds;
  throw new FourtupleError('FT_ARGUMENT', `'${text}' is not a time: write 50ms, 2s, 1.5m or 2h`);
}

/** Like {@link parseSeconds}; null where it is no time. */
export function tryParseSeconds(text: string): number | null {
  if (text.trim() === '0') return 0;
  const [, whole, fraction, unit = ''] = TIME.exec(text.trim()) ?? [];
  const seconds = decimal(whole, fraction, unit) * (SECONDS[unit] ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds : null;
}

/**
 * Reads a rate as people write it: `500`, `500/s`, `1.5k/s`, `30k/m`, `2M/s`.
 *
 * @returns per second
 * @throws FourtupleError FT_ARGUMENT
 */
export function parseRate(text: string): number {
  const [, whole, fraction, power = '', unit = 's'] = RATE.exec(text.trim()) ?? [];
  const perSecond = decimal(whole, fraction, power) / (SECONDS[unit] as number);
  if (Number.isFinite(perSecond)) return perSecond;
  throw new FourtupleError('FT_ARGUMENT', `'${text}' is not a rate: write 500, 1.5k/s or 30k/m`);
}

/**
 * Reads a whole number as people write it: `4`, `10k`, `28,232`, `1.5M`.
 *
 * @throws FourtupleError FT_ARGUMENT
 */
export function parseCount(text: string): number {
  const [, whole, fraction, power = ''] = COUNT.exec(text.trim()) ?? [];
  const count = decimal(whole, fraction, power);
  if (Number.isSafeInteger(count)) return count;
  throw new FourtupleError('FT_ARGUMENT', `'${text}' is not a whole number: write 4, 28,232, 10k or 1.5M`);
}

/** NaN where there are no digits. */
function decimal(whole: string | undefined, fraction = '', power: string): number {
  return whole === undefined ? Number.NaN : Number(`${whole.replaceAll(',', '')}${fraction}e${POWERS[power] ?? 0}`);
}
