import { describe, expect, it } from 'vitest';
import { laneLike } from './lane-like.ts';
import { describeFullness, describeOutlook, explainOutlook, standingOf } from './outlook.ts';

describe('the outlook of a lane', () => {
  it.each([
    ['exhausted', 'exhausted', { used: 28_232, secondsToExhaustion: 0 }],
    ['full in 16 s', 'filling', { used: 20_000, secondsToExhaustion: 16, secondsToCliff: 0 }],
    ['full in 5 h 33 min', 'calm', { used: 9_000, secondsToExhaustion: 20_000 }],
    ['cliff in 40 s', 'calm', { used: 9_000, secondsToCliff: 40, settlesAt: 0.6 }],
    ['stays at 43%', 'calm', { used: 12_000, settlesAt: 0.43 }],
    ['stays at 60%', 'past-cliff', { used: 17_000, settlesAt: 0.6, secondsToCliff: 0 }],
    ['stays at 95%', 'full', { used: 26_800, settlesAt: 0.95 }],
    ['no load seen', 'calm', { used: 10, opensPerSecond: 0 }],
    ['forecast unknown', 'calm', { used: 10 }],
  ] as const)('is told as: %s', (words, standing, lane) => {
    expect(describeOutlook(laneLike(lane))).toBe(words);
    expect(standingOf(laneLike(lane))).toBe(standing);
  });

  it('is explained with the cliff before the end', () => {
    const lane = laneLike({ used: 9_000, secondsToCliff: 20, secondsToExhaustion: 80 });
    expect(explainOutlook(lane)).toBe(
      'With its present load no slot is free in 80 s: connect() then fails. It gets slow at the cliff, in 20 s.',
    );
  });
});

describe('how full a lane is', () => {
  it('is never rounded to full, and at most so much where what is reclaimable is not known', () => {
    expect(describeFullness(laneLike({ used: 28_231 }))).toBe('>99.9%');
    expect(describeFullness(laneLike({ used: 28_232 }))).toBe('100%');
    expect(describeFullness(laneLike({ used: 14_116, reclaimable: null }))).toBe('≤ 50.0%');
    expect(describeFullness(laneLike({ slots: 0, used: 0, reclaimable: null }))).toBe('unknown');
  });
});
