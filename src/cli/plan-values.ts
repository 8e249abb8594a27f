import { type LaneChoice, MOST_KEYS, MOST_RETRIES, type TrafficPattern } from '../plan/topology.ts';
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

/** A word, and a whole number that goes with it: `bursts:50`. */
const WITH_NUMBER = /^([a-z-]+):(.+)$/;

/**
 * Reads when requests come: `constant`, `poisson`, or so many at once.
 *
 * @throws FourtupleError FT_ARGUMENT
 */
export function parsePattern(text: string): TrafficPattern {
  if (text === 'constant' || text === 'poisson') return { kind: text };
  const [, word, size = ''] = WITH_NUMBER.exec(text) ?? [];
  if (word === 'bursts') return { kind: 'bursts', size: parseHowMany(size) };
  throw new FourtupleError('FT_ARGUMENT', `'${text}' is no pattern: write constant, poisson or bursts:50`, {
    hint: "A day's curve is given in a file: pattern: { day: [0.2, 0.1, 1, 0.6] }.",
  });
}

/**
 * Reads which lane a connection goes to: `random`, `round-robin`, `least-used`, or the same for each of so many keys.
 *
 * @throws FourtupleError FT_ARGUMENT
 */
export function parseLaneChoice(text: string): LaneChoice {
  if (text === 'random' || text === 'round-robin' || text === 'least-used') return { kind: text };
  const [, word, keys = ''] = WITH_NUMBER.exec(text) ?? [];
  if (word === 'hash') return { kind: 'hash', keys: noMoreThan(MOST_KEYS, parseHowMany(keys)) };
  throw new FourtupleError(
    'FT_ARGUMENT',
    `'${text}' is no choice of lanes: write random, round-robin, least-used or hash:200`,
  );
}

/**
 * Reads how often a refused connection is tried again.
 *
 * @throws FourtupleError FT_ARGUMENT
 */
export function parseRetries(text: string): number {
  return noMoreThan(MOST_RETRIES, parseCount(text));
}

function noMoreThan(most: number, count: number): number {
  if (count <= most) return count;
  throw new FourtupleError('FT_ARGUMENT', `'${count}' is too many: write ${most} at most`);
}
