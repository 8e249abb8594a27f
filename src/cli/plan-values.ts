import { FourtupleError } from '../tcp/error.ts';
import { parseCount, parseRate, parseSeconds } from '../tcp/quantity.ts';

/** How old a TIME_WAIT slot must be before tcp_tw_reuse lets connect() take it over, where nobody has changed it. */
const DEFAULT_REUSE_DELAY_SECONDS = 1;

/**
 * Reads how many there are of something.
 *
 * @returns a whole number, 1 or more
 * @throws FourtupleError FT_ARGUMENT
 */
export function parseHowMany(text: string): number {
  const count = parseCount(text);
  if (count >= 1) return count;
  throw new FourtupleError('FT_ARGUMENT', `'${text}' is none: write 1 or more`);
}

/**
 * Reads a rate that is to be reached.
 *
 * @returns per second, more than 0
 * @throws FourtupleError FT_ARGUMENT
 */
export function parseTargetRate(text: string): number {
  const rate = parseRate(text);
  if (rate > 0) return rate;
  throw new FourtupleError('FT_ARGUMENT', `'${text}' is no rate to reach: write 500, 1.5k/s or 30k/m`);
}

/**
 * Reads how long is simulated.
 *
 * @returns seconds, more than 0
 * @throws FourtupleError FT_ARGUMENT
 */
export function parseSimulatedSeconds(text: string): number {
  const seconds = parseSeconds(text);
  if (seconds > 0) return seconds;
  throw new FourtupleError('FT_ARGUMENT', `'${text}' is no time to simulate: write 10m`);
}

const SEEDS = 2 ** 32;

/**
 * Reads where random numbers begin.
 *
 * @returns a whole number, 0 to 2^32 - 1
 * @throws FourtupleError FT_ARGUMENT
 */
export function parseSeed(text: string): number {
  const seed = parseCount(text);
  if (seed < SEEDS) return seed;
  throw new FourtupleError('FT_ARGUMENT', `'${text}' is too large: write a number up to ${SEEDS - 1}`);
}

const PROBABILITY = /^(\d*\.?\d+(?:e-?\d{1,3})?)(%?)$/i;

/**
 * Reads which share of connections may be refused: `1e-6`, `0.001`, `0.1%`.
 *
 * @returns above 0 and below 1
 * @throws FourtupleError FT_ARGUMENT
 */
export function parseRefusal(text: string): number {
  const [, digits, percent] = PROBABILITY.exec(text.trim()) ?? [];
  const probability = Number(digits) / (percent === '%' ? 100 : 1);
  if (probability > 0 && probability < 1) return probability;
  throw new FourtupleError('FT_ARGUMENT', `'${text}' is no share between none and all: write 1e-6, 0.001 or 0.1%`);
}

/**
 * Reads how old a TIME_WAIT slot must be for reuse; empty for one second, which is the kernel's own.
 *
 * @returns seconds
 * @throws FourtupleError FT_ARGUMENT
 */
export function parseReuse(text: string): number {
  return text === '' ? DEFAULT_REUSE_DELAY_SECONDS : parseSeconds(text);
}

/**
 * Reads which end closes first: the one that opened the connection, or the other.
 *
 * @throws FourtupleError FT_ARGUMENT
 */
export function parseCloses(text: string): 'from' | 'to' {
  if (text === 'client') return 'from';
  if (text === 'server') return 'to';
  throw new FourtupleError('FT_ARGUMENT', `'${text}' is not an end of a connection: write client or server`, {
    hint: 'The client is the end that opened the connection. Whichever closes first has the TIME_WAIT.',
  });
}
