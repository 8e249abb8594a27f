import { describe, expect, it } from 'vitest';
import { accepts } from './content-coding.ts';

describe('Accept-Encoding', () => {
  it.each([
    ['gzip', true],
    ['deflate, GZIP;q=0.5, br', true],
    ['gzip ; q=0.001', true],
    ['gzip;q=0', false],
    ['gzip; q=0.000', false],
    ['x-gzip', false],
    ['*', false],
    ['br', false],
    ['', false],
    [undefined, false],
  ])('%s takes gzip: %s', (header, wanted) => {
    expect(accepts(header, 'gzip')).toBe(wanted);
  });
});
