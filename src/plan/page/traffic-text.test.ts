import { describe, expect, it } from 'vitest';
import { tierLike } from '../../../test/kit/tiers.ts';
import { answerTier } from '../tier-answer.ts';
import type { Traffic } from '../topology.ts';
import { trafficTexts } from './traffic-text.ts';

function textsOf(changes: Partial<Traffic>): string[] {
  const tier = tierLike({ traffic: changes });
  return trafficTexts(tier.traffic as Traffic, answerTier(tier, 1e-6));
}

describe('what is said of traffic', () => {
  it('is nothing where nothing was asked for', () => expect(textsOf({ roundTripSeconds: 1 })).toEqual([]));

  it.each<[Partial<Traffic>, string]>([
    [{ pattern: { kind: 'constant' } }, 'requests come evenly'],
    [{ pattern: { kind: 'bursts', size: 1_000 } }, 'requests come 1,000 at once'],
    [{ pattern: { kind: 'day', shares: [0.2, 2] } }, 'all figures are for the peak of the day, 1,000 requests/s'],
    [{ keptPerLane: 32, requestsPerSecond: 600 }, '32 connections kept open for 61.2% of 600 requests/s'],
    [{ keptPerLane: 1, requestsPerSecond: 0 }, '1 connection kept open'],
    [{ laneChoice: { kind: 'round-robin' } }, 'lanes in turn'],
    [{ laneChoice: { kind: 'least-used' } }, 'the least used lane first'],
    [{ laneChoice: { kind: 'hash', keys: 200 } }, 'lanes by hash of 200 keys, taken as evenly spread'],
    [{ retries: 1 }, '1 retry where a lane is full'],
    [{ retries: 2 }, '2 retries where a lane is full'],
  ])('is what was: %j', (changes, text) => {
    expect(textsOf({ holdSeconds: 0.0833, ...changes })).toEqual([text]);
  });
});
