import { describe, expect, it } from 'vitest';
import { shorten, wrap } from './fitted-text.ts';

describe('text that must fit', () => {
  it.each([
    ['proxy', 5, 'proxy'],
    ['proxies', 5, 'prox…'],
    ['a proxy', 3, 'a…'],
    ['データベース', 12, 'データベース'],
    ['データベース', 8, 'データ…'],
    ['🚀🚀🚀', 4, '🚀…'],
  ])('%s in %i letters is %s', (text, letters, short) => {
    expect(shorten(text, letters)).toBe(short);
  });

  it('is broken between words', () => {
    expect(wrap('Keep connections open and use them again', 20, 3)).toEqual([
      'Keep connections',
      'open and use them',
      'again',
    ]);
  });

  it('is cut off in the last line', () => {
    expect(wrap('Keep connections open and use them again', 20, 2)).toEqual([
      'Keep connections',
      'open and use them a…',
    ]);
    expect(wrap('unbreakable', 5, 2)).toEqual(['unbr…']);
  });
});
