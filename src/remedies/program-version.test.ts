import { describe, expect, it } from 'vitest';
import { isVersionAtLeast } from './program-version.ts';

describe('a program’s version', () => {
  it.each([
    ['1.29.7', true],
    ['1.29.10', true],
    ['1.30', true],
    ['2.0.1-3', true],
    ['1.29.6', false],
    ['1.22.1', false],
    ['1.29', false],
    ['0.99.99', false],
    ['1.29.7.2', true],
    ['1.29.7-dev5', true],
  ])('%s is 1.29.7 or later: %j', (version, expected) => {
    expect(isVersionAtLeast(version, [1, 29, 7])).toBe(expected);
  });

  it('is not known where it is null or no version', () => {
    expect(isVersionAtLeast(null, [1])).toBeNull();
    expect(isVersionAtLeast('unreleased', [1])).toBeNull();
  });
});
