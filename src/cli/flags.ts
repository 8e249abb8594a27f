import { FourtupleError } from '../tcp/error.ts';
import { tryParseSeconds } from '../tcp/quantity.ts';

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

/**
 * Reads a duration the way people write it, like tryParseSeconds() of tcp/quantity.ts.
 *
 * @returns milliseconds
 * @throws FourtupleError FT_ARGUMENT
 */
export function parseDurationMs(text: string): number {
  const seconds = tryParseSeconds(text);
  if (seconds === null) throw new FourtupleError('FT_ARGUMENT', `'${text}' is not a duration: write 250ms, 2s or 1m`);
  return seconds * 1_000;
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

/**
 * Reads for how long something is watched, like {@link parseWatchMs}, or 0 for not at all.
 *
 * @returns milliseconds
 * @throws FourtupleError FT_ARGUMENT
 */
export function parseObserveMs(text: string): number {
  return text === '0' ? 0 : parseWatchMs(text);
}

/**
 * Reads for how long something goes on: `90s`, `10m`, `2h`, or `ever`.
 *
 * @returns milliseconds, more than 0; Infinity for ever
 * @throws FourtupleError FT_ARGUMENT
 */
export function parseRunMs(text: string): number {
  const duration = text === 'ever' ? Number.POSITIVE_INFINITY : (tryParseSeconds(text) ?? 0) * 1_000;
  if (duration > 0) return duration;
  throw new FourtupleError('FT_ARGUMENT', `'${text}' is no time to go on for: write 90s, 10m, 2h or ever`);
}

/**
 * Reads what is to be taken back: the number of an entry, `all`, or nothing for the last one.
 *
 * @throws FourtupleError FT_ARGUMENT
 */
export function parseUndo(text: string): 'last' | 'all' | number {
  if (text === '') return 'last';
  if (text === 'all') return 'all';
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new FourtupleError(
    'FT_ARGUMENT',
    `'${text}' is not the number of an entry: write --undo, --undo 3 or --undo all`,
  );
}

/** Reads the number of a process. @throws FourtupleError FT_ARGUMENT */
export function parsePid(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new FourtupleError('FT_ARGUMENT', `'${text}' is not the number of a process: write --pid 811`);
}
