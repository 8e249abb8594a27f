import { formatCount } from '../../tcp/number-text.ts';
import { parsePortList } from '../../tcp/port-list.ts';
import { MAX_PORT, type PortRange, parsePortRange } from '../../tcp/port-range.ts';
import type { PortSet } from '../../tcp/port-set.ts';
import { parseCount, parseRate, parseSeconds } from '../../tcp/quantity.ts';
import { MOST_KEYS, MOST_RETRIES } from '../topology.ts';
import type { Kind } from './yaml-file.ts';

export const COUNT: Kind<number> = {
  expected: 'a whole number from 1 on',
  read: (text) => onlyIf(parseCount(text), (count) => count >= 1),
};

/** How many ports of an address. */
export const PORT_COUNT: Kind<number> = {
  expected: `a whole number from 1 to ${MAX_PORT}`,
  read: (text) => onlyIf(parseCount(text), (count) => count >= 1 && count <= MAX_PORT),
};

/** A mean, so it need not be whole. */
export const REQUESTS: Kind<number> = {
  expected: 'a number from 1 on',
  read: (text) => onlyIf(DECIMAL.test(text) ? Number(text) : parseCount(text), (count) => count >= 1),
};

/** How many keys there are to hash. */
export const KEYS: Kind<number> = {
  expected: `a whole number from 1 to ${formatCount(MOST_KEYS)}`,
  read: (text) => onlyIf(parseCount(text), (count) => count >= 1 && count <= MOST_KEYS),
};

/** How many connections are kept. */
export const KEPT: Kind<number> = {
  expected: 'a whole number from 0 on',
  read: parseCount,
};

export const RETRIES: Kind<number> = {
  expected: `a whole number from 0 to ${MOST_RETRIES}`,
  read: (text) => onlyIf(parseCount(text), (count) => count <= MOST_RETRIES),
};

/** Of the rate, at one time of the day. */
export const SHARE: Kind<number> = {
  expected: 'a number from 0 on',
  read: (text) => (DECIMAL.test(text) ? Number(text) : undefined),
};

export const RATE: Kind<number> = {
  expected: 'a rate such as 500/s or 1.5k/s',
  read: parseRate,
};

export const SECONDS: Kind<number> = {
  expected: 'a time such as 50ms or 60s',
  read: parseSeconds,
};

/** null for false. */
export const SECONDS_OR_FALSE: Kind<number | null> = {
  expected: 'a time such as 1s, or false',
  read: (text) => (text === 'false' ? null : SECONDS.read(text)),
};

export const YES_OR_NO: Kind<boolean> = {
  expected: 'true or false',
  read: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
};

export const DEVIATION: Kind<number> = {
  expected: 'a number above 0 (the standard deviation of the logarithm)',
  read: (text) => onlyIf(DECIMAL.test(text) ? Number(text) : 0, (deviation) => deviation > 0),
};

export const RANGE: Kind<PortRange> = {
  expected: 'a range such as 32768-60999, the lower port first,',
  read: parsePortRange,
};

export const PORTS: Kind<PortSet> = {
  expected: `a list of ports from 1 to ${MAX_PORT} such as 8080,9000-9003`,
  read: (text) => onlyIf(parsePortList(text), (ports) => !ports.has(0)),
};

/** The arrow is what names of plans are made with: `proxy → backend`. */
export const NAME: Kind<string> = {
  expected: 'a name of at most 100 printable characters without →',
  read: (text) => (/^[^\p{C}\p{Zl}\p{Zp}→]{1,100}$/u.test(text) && text.trim() === text ? text : undefined),
};

/** One of a few words. */
export function wordOf<const Word extends string>(words: readonly Word[]): Kind<Word> {
  return {
    expected: words.join(' or '),
    read: (text) => words.find((word) => word === text),
  };
}

const DECIMAL = /^\d{1,15}(?:\.\d{1,15})?$/;

function onlyIf<T>(value: T, isRight: (value: T) => boolean): T | undefined {
  return isRight(value) ? value : undefined;
}
