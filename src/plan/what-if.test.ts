import { describe, expect, it } from 'vitest';
import { gatewayLike, type TierChanges, tierLike } from '../../test/kit/tiers.ts';
import { PortSet } from '../tcp/port-set.ts';
import { type PlannedRemedy, planRemedies } from './what-if.ts';

function gains(changes: TierChanges): Record<string, number | null> {
  return Object.fromEntries(planRemedies(tierLike(changes)).map(({ id, gain }) => [id, gain]));
}

describe('what remedies buy', () => {
  it('is in the order of what they gain, then of the effort they take', () => {
    expect(planRemedies(tierLike()).map(({ id, gain }) => [id, gain])).toEqual([
      ['keep-connections', 1_201],
      ['close-from-other-end', 1_201],
      ['tcp-tw-reuse', 57.19],
      ['recycle-time-wait', 16.92],
      ['wider-range', 2.285],
      ['more-destination-ports', 2],
      ['more-destination-addresses', 2],
      ['more-source-addresses', 2],
    ]);
  });

  it('is in slots and opens of the whole tier, as each remedy predicts it', () => {
    const remedies = planRemedies(tierLike({ to: { hosts: 2 } }));
    const found = remedies.find(({ id }) => id === 'tcp-tw-reuse') as PlannedRemedy;
    expect(found).toEqual({
      ...{ id: 'tcp-tw-reuse', title: 'Take over old TIME_WAIT slots (tcp_tw_reuse)', tier: 'proxy → backend' },
      ...{ slots: 56_464, sustainableOpensPerSecond: 53_775.2, gain: 57.19 },
    });
  });

  it('leaves out what is done already, and goes on from there', () => {
    const done = gains({ settings: { reuseDelaySeconds: 1, range: { low: 1024, high: 65_535 } } });
    expect(done).not.toHaveProperty('tcp-tw-reuse');
    expect(done).not.toHaveProperty('wider-range');
    expect(done['shorter-reuse-delay']).toBe(7);
  });

  it('has in a wider range no slot at reserved ports and those of listeners', () => {
    const settings = { reserved: PortSet.of([2_000, 40_000]), listening: [22, 3_000, 40_000, 50_000] };
    const wider = planRemedies(tierLike({ settings })).find(({ id }) => id === 'wider-range');
    expect(wider?.slots).toBe(64_512 - 4);
  });

  it('is in slots where no traffic is given, and has no bound where no slot is held any more', () => {
    expect(gains({ traffic: null })).toEqual({
      ...{ 'wider-range': 2.285, 'more-destination-ports': 2 },
      ...{ 'more-destination-addresses': 2, 'more-source-addresses': 2 },
    });
    expect(planRemedies(tierLike({ traffic: null }))[0]?.sustainableOpensPerSecond).toBeNull();
    expect(planRemedies(tierLike({ traffic: { holdSeconds: 0 } }))[0]).toMatchObject({
      ...{ id: 'keep-connections', gain: null, sustainableOpensPerSecond: null },
    });
    expect(gains({ traffic: { holdSeconds: 0, closes: 'to' } })).toEqual({});
  });

  it('does not take long connections for ones that nobody answers', () => {
    expect(gains({ traffic: { holdSeconds: 30 } })).not.toHaveProperty('connect-timeout');
  });
});

describe('what remedies buy where the slots of a source are shared', () => {
  const bound = { settings: { boundBeforeConnect: true, reuseDelaySeconds: 1 }, to: { hosts: 3 } };

  it('is nothing with more destinations, as bind() gives out the same ports', () => {
    const found = gains({ ...bound, settings: { boundBeforeConnect: true } });
    expect(found['more-source-addresses']).toBe(2);
    expect(found['wider-range']).toBe(2.285);
    for (const id of ['more-destination-addresses', 'more-destination-ports', 'tcp-tw-reuse']) {
      expect(found).not.toHaveProperty(id);
    }
    // The lanes: one for each destination.
    expect(found['bind-address-no-port']).toBe(3);
  });

  it('is that connect() takes over slots again once it chooses the ports', () => {
    expect(gains(bound)['bind-address-no-port']).toBeCloseTo((3 * 60.05) / 1.05, 1);
  });
});

describe('what remedies buy behind a gateway', () => {
  it("is what spreads over its slots or takes fewer; the hosts' own ports are no matter", () => {
    expect(gains({ via: gatewayLike(), from: { hosts: 10 }, to: { hosts: 3 } })).toEqual({
      ...{ 'keep-connections': 2_401, 'more-destination-addresses': 2, 'more-destination-ports': 2 },
    });
  });

  it("is no more than the gateway lets through where the hosts' own slots end first", () => {
    const found = gains({ via: gatewayLike({ slotsPerLane: 64_512, addresses: 2 }) });
    // 470.1/s of the host, 1,074.8/s of the gateway.
    expect(found).toMatchObject({ 'more-source-addresses': 2, 'wider-range': 2.285, 'tcp-tw-reuse': 2.286 });
    expect(found['close-from-other-end']).toBe(2.286);
  });
});

describe('what remedies buy where connections are kept', () => {
  const traffic = { keptPerLane: 232, requestsPerConnection: 100, requestsPerSecond: 30_000 };

  it('is what they make of the slots that those leave', () => {
    const found = gains({ traffic });
    expect(found['wider-range']).toBeCloseTo((64_512 - 232) / (28_232 - 232), 3);
    expect(found['more-destination-addresses']).toBe(2);
    // The same ones are spread over twice as many lanes.
    expect(found['more-source-addresses']).toBeCloseTo((2 * (28_232 - 116)) / (28_232 - 232), 3);
    expect(planRemedies(tierLike({ traffic })).find(({ id }) => id === 'wider-range')?.slots).toBe(64_512);
  });

  it('is not keeping connections: that is done', () => {
    expect(gains({ traffic })).not.toHaveProperty('keep-connections');
    expect(gains({ traffic })).toHaveProperty('close-from-other-end');
  });

  it('is nothing with more destinations, each of which has some kept, where the slots of a source are shared', () => {
    const settings = { boundBeforeConnect: true, range: { low: 40_000, high: 40_999 } };
    expect(gains({ settings, traffic })).not.toHaveProperty('more-destination-addresses');
    expect(gains({ settings, traffic })['more-source-addresses']).toBeCloseTo((2 * (1_000 - 116)) / (1_000 - 232), 3);
  });
});
