import { FourtupleError } from '../tcp/error.ts';

/**
 * Reads how many lanes to list: a whole number, or `all`.
 *
 * @throws FourtupleError FT_ARGUMENT
 */
export function parseTop(text: string): number {
  if (text === 'all') return Number.POSITIVE_INFINITY;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new FourtupleError('FT_ARGUMENT', `'${text}' is not a number of lanes: write 20, or all`);
}

const DURATION = /^(\d+(?:\.\d+)?)\s*(ms|s|m)$/;
const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };

/**
 * Reads a duration the way people write it: `250ms`, `2s`, `1m`, or 0.
 *
 * @returns milliseconds
 * @throws FourtupleError FT_ARGUMENT
 */
export function parseDurationMs(text: string): number {
  if (text === '0') return 0;
  const match = DURATION.exec(text);
  if (match === null) throw new FourtupleError('FT_ARGUMENT', `'${text}' is not a duration: write 250ms, 2s or 1m`);
  return Number(match[1]) * (MILLISECONDS[match[2] as string] as number);
}

const SHORTEST_WATCH_MS = 100;
const LONGEST_WATCH_MS = 600_000;

/**
 * Reads for how long something is watched: from 100 ms to 10 minutes.
 *
 * @returns milliseconds
 * @throws FourtupleError FT_ARGUMENT
 */
export function parseWatchMs(text: string): number {
  const duration = parseDurationMs(text);
  if (duration >= SHORTEST_WATCH_MS && duration <= LONGEST_WATCH_MS) return duration;
  throw new FourtupleError('FT_ARGUMENT', `'${text}' is not from 100ms to 10m: write 2s`);
}
