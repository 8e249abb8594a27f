import { describe, expect, it } from 'vitest';
import { gatewayLike, type TierChanges, tierLike } from '../../test/kit/tiers.ts';
import { PortSet } from '../tcp/port-set.ts';
import { narrowestPool, tierPools } from './pools.ts';

const MANY = { from: { hosts: 2, addresses: 3 }, to: { hosts: 5, addresses: 7, ports: 11 } };

function narrowest(changes: TierChanges) {
  const { of, model } = narrowestPool(tierPools(tierLike(changes)));
  return { of, ...model };
}

describe('the slots of a tier', () => {
  it('are those of as many lanes as there are addresses times ports', () => {
    expect(narrowest(MANY)).toEqual({
      ...{ of: 'lane', lanes: 2 * 3 * 5 * 7 * 11, slotsPerLane: 28_232, holdSeconds: 0.05, afterCloseSeconds: 60 },
    });
  });

  it('are those of the source addresses where sockets are bound before they connect', () => {
    expect(narrowest({ ...MANY, settings: { boundBeforeConnect: true } })).toMatchObject({
      ...{ of: 'source', lanes: 6, slotsPerLane: 28_232, afterCloseSeconds: 60 },
    });
  });

  it('are without reserved ports and listeners, each counted once and in the range only', () => {
    const settings = { reserved: PortSet.of([80, 40_000, 40_001]), listening: [22, 40_001, 50_000] };
    expect(narrowest({ settings }).slotsPerLane).toBe(28_232 - 3);
  });

  it('are held for as long as TIME_WAIT lasts, or until they are taken over, or not at all', () => {
    const held = (changes: TierChanges): number => narrowest(changes).afterCloseSeconds;
    expect(held({ settings: { timeWaitSeconds: 120 } })).toBe(120);
    expect(held({ settings: { reuseDelaySeconds: 1 } })).toBe(1);
    expect(held({ settings: { reuseDelaySeconds: 90 } })).toBe(60);
    expect(held({ traffic: { closes: 'to' } })).toBe(0);
    // bind() takes none over.
    expect(held({ settings: { reuseDelaySeconds: 1, boundBeforeConnect: true } })).toBe(60);
  });
});

describe('the slots of a gateway', () => {
  it('are of its addresses, and held after the close whoever closes and whatever the hosts take over', () => {
    const changes = { ...MANY, via: gatewayLike({ addresses: 2 }), settings: { reuseDelaySeconds: 1 } };
    const expected = { of: 'gateway', lanes: 2 * 5 * 7 * 11, slotsPerLane: 55_000, afterCloseSeconds: 120 };
    expect(narrowest({ ...changes, traffic: { closes: 'to' } })).toMatchObject(expected);
    expect(narrowest({ ...changes, traffic: { closes: 'from' } })).toMatchObject(expected);
  });

  it("do not matter where the hosts' own end first", () => {
    const wide = gatewayLike({ slotsPerLane: 64_512, addresses: 8 });
    expect(narrowest({ via: wide })).toMatchObject({ of: 'lane', lanes: 1, slotsPerLane: 28_232 });
    const bound = { via: gatewayLike(), to: { hosts: 10 }, settings: { boundBeforeConnect: true } };
    expect(narrowest(bound)).toMatchObject({ of: 'source', lanes: 1 });
  });

  it('are compared by their number where no traffic is given', () => {
    expect(narrowest({ via: gatewayLike(), traffic: null }).of).toBe('lane');
    expect(narrowest({ via: gatewayLike(), from: { hosts: 2 }, traffic: null }).of).toBe('gateway');
  });
});
