import { describe, expect, it } from 'vitest';
import { gatewayLike, type TierChanges, tierLike } from '../../test/kit/tiers.ts';
import { cheapestStack } from './stack.ts';

function stack(target: number, changes: TierChanges = {}): readonly string[] | undefined {
  return cheapestStack(tierLike(changes), target)?.remedies;
}

describe('the cheapest stack', () => {
  it('is empty where the rate is reached without a remedy', () => {
    expect(stack(470)).toEqual([]);
    expect(stack(471)).not.toEqual([]);
  });

  it('is of commands while these reach the rate, and of as few as do', () => {
    expect(stack(1_000)).toEqual(['wider-range']);
    expect(stack(26_000)).toEqual(['tcp-tw-reuse']);
    expect(stack(60_000)).toEqual(['wider-range', 'tcp-tw-reuse']);
    expect(stack(180_000)).toEqual(['tcp-tw-reuse', 'shorter-reuse-delay']);
    expect(stack(400_000)).toEqual(['wider-range', 'tcp-tw-reuse', 'shorter-reuse-delay']);
  });

  it('has a remedy of more effort only where no commands do, and then one rather than two', () => {
    expect(stack(500_000)).toEqual(['keep-connections']);
    expect(stack(1_200_000)).toEqual(['wider-range', 'keep-connections']);
    expect(stack(2_500_000)).toEqual(['more-destination-ports', 'wider-range', 'keep-connections']);
    expect(stack(5_000_000)).toEqual([
      ...['more-destination-addresses', 'more-destination-ports', 'wider-range', 'keep-connections'],
    ]);
  });

  it('is told in slots and opens, as its remedies predict them one after the other', () => {
    expect(cheapestStack(tierLike(), 400_000)).toEqual({
      ...{ tier: 'proxy → backend', targetOpensPerSecond: 400_000, slots: 64_512 },
      remedies: ['wider-range', 'tcp-tw-reuse', 'shorter-reuse-delay'],
      sustainableOpensPerSecond: 430_080,
    });
  });

  it('is none where no four remedies reach the rate, and where no traffic says what an open takes', () => {
    expect(stack(1e9)).toBeUndefined();
    expect(stack(100, { traffic: null })).toBeUndefined();
  });

  it('makes remedies useful that are useless alone', () => {
    const bound = { settings: { boundBeforeConnect: true } };
    expect(stack(26_000, bound)).toEqual(['keep-connections']);
    const endless = { ...bound, traffic: { holdSeconds: 600, closes: 'to' } } as const;
    expect(stack(200, endless)).toEqual(['wider-range', 'more-source-addresses']);
    expect(stack(400, endless)).toEqual([
      ...['more-destination-addresses', 'more-destination-ports', 'wider-range', 'bind-address-no-port'],
    ]);
  });

  it('reaches past a gateway by more destinations, not by a wider range', () => {
    const changes = { via: gatewayLike(), from: { hosts: 10 } };
    expect(stack(900, changes)).toEqual(['more-destination-ports']);
    expect(stack(1_000, changes)).toEqual(['keep-connections']);
    const long = { ...changes, traffic: { holdSeconds: 600 } };
    expect(stack(150, long)).toEqual(['more-destination-ports']);
    expect(stack(1_500, long)).toBeUndefined();
  });

  it('counts with the slots that kept connections leave, and keeps no others', () => {
    const traffic = { keptPerLane: 10_000, requestsPerConnection: 100 };
    const slots = { settings: { timeWaitSeconds: 60 }, traffic };
    expect(stack(303, slots)).toEqual([]);
    expect(stack(304, slots)).toEqual(['wider-range']);
    expect(stack(500_000, slots)).toContain('tcp-tw-reuse');
    expect(stack(500_000, slots)).not.toContain('keep-connections');
  });
});
