import { describe, expect, it } from 'vitest';
import { tierLike } from '../../test/kit/tiers.ts';
import { growTraffic, parseGrowth } from './plan-grow.ts';

describe('how many times as much', () => {
  it.each([
    ['2', 2],
    ['1.5', 1.5],
    ['.5', 0.5],
  ])('%s is %d', (text, factor) => expect(parseGrowth(text)).toBe(factor));

  it.each(['0', '0.0', '-1', '2x', '1e3', '', `1${'0'.repeat(400)}`])('is refused: %j', (text) =>
    expect(() => parseGrowth(text)).toThrow(expect.objectContaining({ code: 'FT_ARGUMENT' })),
  );
});

describe('traffic that grows', () => {
  it('has a higher rate in every tier, and nothing else changes', () => {
    const [loaded, unknown] = [tierLike({ traffic: { requestsPerSecond: 400 } }), tierLike({ traffic: null })];
    const grown = growTraffic({ tiers: [loaded, unknown] }, 1.5);
    expect(grown.tiers).toEqual([tierLike({ traffic: { requestsPerSecond: 600 } }), unknown]);
  });

  it('needs a rate', () => {
    for (const traffic of [null, { requestsPerSecond: 0 }]) {
      expect(() => growTraffic({ tiers: [tierLike({ traffic })] }, 2)).toThrow(
        expect.objectContaining({ code: 'FT_ARGUMENT', message: expect.stringContaining('--grow') }),
      );
    }
  });
});
