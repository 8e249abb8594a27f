import { describe, expect, it } from 'vitest';
import {
  parseCloses,
  parseHowMany,
  parseLaneChoice,
  parsePattern,
  parseRefusal,
  parseRetries,
  parseReuse,
  parseSeed,
  parseSimulatedSeconds,
  parseTargetRate,
} from './plan-values.ts';

function refusal(text: string): unknown {
  return expect.objectContaining({ code: 'FT_ARGUMENT', message: expect.stringContaining(`'${text}'`) });
}

describe('how many there are', () => {
  it('is 1 or more', () => {
    expect([parseHowMany('1'), parseHowMany('10k')]).toEqual([1, 10_000]);
    for (const text of ['0', '-1', '1.5', '']) expect(() => parseHowMany(text)).toThrow(refusal(text));
  });
});

describe('a rate to reach', () => {
  it('is more than 0', () => {
    expect([parseTargetRate('1.5k/s'), parseTargetRate('0.5')]).toEqual([1_500, 0.5]);
    for (const text of ['0', '0/s', 'fast', '']) expect(() => parseTargetRate(text)).toThrow(refusal(text));
  });
});

describe('a time to simulate', () => {
  it('is more than 0', () => {
    expect(parseSimulatedSeconds('10m')).toBe(600);
    for (const text of ['0', '0s', '10']) expect(() => parseSimulatedSeconds(text)).toThrow(refusal(text));
  });
});

describe('a seed', () => {
  it('is a whole number of 32 bits', () => {
    expect([parseSeed('0'), parseSeed('4294967295')]).toEqual([0, 4_294_967_295]);
    for (const text of ['4294967296', '-1', 'x']) expect(() => parseSeed(text)).toThrow(refusal(text));
  });
});

describe('a share of refusals', () => {
  it.each([
    ['1e-6', 1e-6],
    ['1E-6', 1e-6],
    ['0.001', 0.001],
    ['.5', 0.5],
    ['0.1%', 0.001],
    ['50%', 0.5],
  ])('%s is %d', (text, share) => expect(parseRefusal(text)).toBe(share));

  it.each(['0', '1', '100%', '2', '-1', '1e-999', 'e-6', 'few', '', '%'])('is refused: %j', (text) =>
    expect(() => parseRefusal(text)).toThrow(refusal(text)),
  );
});

describe('the delay of reuse', () => {
  it('is a time, or one second where none is given', () => {
    expect([parseReuse(''), parseReuse('100ms'), parseReuse('0')]).toEqual([1, 0.1, 0]);
    expect(() => parseReuse('soon')).toThrow(refusal('soon'));
  });
});

describe('the end that closes first', () => {
  it('is named as a person names it', () => {
    expect([parseCloses('client'), parseCloses('server')]).toEqual(['from', 'to']);
    for (const text of ['from', 'Client', '']) expect(() => parseCloses(text)).toThrow(refusal(text));
  });
});

describe('a pattern', () => {
  it('is a word, or one with the size of bursts', () => {
    expect([parsePattern('constant'), parsePattern('poisson')]).toEqual([{ kind: 'constant' }, { kind: 'poisson' }]);
    expect(parsePattern('bursts:1.5k')).toEqual({ kind: 'bursts', size: 1_500 });
    for (const text of ['bursts', 'burst:5', 'day:1', 'Poisson', 'constant:1', '']) {
      expect(() => parsePattern(text)).toThrow(refusal(text));
    }
    for (const size of ['0', '1.5', 'x']) expect(() => parsePattern(`bursts:${size}`)).toThrow(refusal(size));
  });
});

describe('a choice of lanes', () => {
  it('is a word, or one with the number of keys', () => {
    for (const kind of ['random', 'round-robin', 'least-used']) expect(parseLaneChoice(kind)).toEqual({ kind });
    expect(parseLaneChoice('hash:200')).toEqual({ kind: 'hash', keys: 200 });
    for (const text of ['hash', 'hash:', 'least', 'random:2', '']) {
      expect(() => parseLaneChoice(text)).toThrow(refusal(text));
    }
    for (const keys of ['0', '-1', '4294967297']) expect(() => parseLaneChoice(`hash:${keys}`)).toThrow(refusal(keys));
  });
});

describe('retries', () => {
  it('are none to a hundred', () => {
    expect([parseRetries('0'), parseRetries('100')]).toEqual([0, 100]);
    for (const text of ['101', '-1', '0.5', '']) expect(() => parseRetries(text)).toThrow(refusal(text));
  });
});
