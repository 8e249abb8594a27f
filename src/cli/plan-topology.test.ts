import { describe, expect, it } from 'vitest';
import { answerPlan } from '../plan/answer.ts';
import { PortSet } from '../tcp/port-set.ts';
import type { TopologyFlags } from './plan-flags.ts';
import { topologyOf } from './plan-topology.ts';

function tiersOf(flags: TopologyFlags): unknown {
  return answerPlan(topologyOf(flags), { refusalProbability: 1e-6, targetOpensPerSecond: null }).tiers;
}

describe('a topology of flags', () => {
  it('is one lane of a Linux as it comes, where nothing is said', () => {
    expect(tiersOf({})).toMatchObject([
      { name: 'source → destination', lanes: 1, slots: 28_232, sustainableOpensPerSecond: 470.5 },
    ]);
  });

  it('takes its settings from the flags', () => {
    const { tiers } = topologyOf({
      ...{ sources: 3, destinations: 2, ports: 5, rate: 100, hold: 2, requestsPerConnection: 4, closes: 'to' },
      ...{ range: { low: 2000, high: 2999 }, reserved: PortSet.of([2001]), timeWait: 120, reuse: 0.5 },
      ...{ boundBeforeConnect: true, pattern: { kind: 'bursts', size: 50 }, lanes: { kind: 'least-used' } },
      ...{ roundTrip: 0.001, keep: 32, retries: 2 },
    });
    expect(tiers).toEqual([
      {
        name: 'source → destination',
        from: { name: 'source', hosts: 3, addresses: 1 },
        to: { name: 'destination', hosts: 2, addresses: 1, ports: 5 },
        via: null,
        settings: {
          range: { low: 2000, high: 2999 },
          reserved: PortSet.of([2001]),
          listening: [],
          boundBeforeConnect: true,
          timeWaitSeconds: 120,
          reuseDelaySeconds: 0.5,
        },
        traffic: {
          requestsPerSecond: 100,
          pattern: { kind: 'bursts', size: 50 },
          requestsPerConnection: 4,
          holdSeconds: 2,
          hold: { kind: 'exponential' },
          closes: 'to',
          roundTripSeconds: 0.001,
          keptPerLane: 32,
          laneChoice: { kind: 'least-used' },
          retries: 2,
        },
      },
    ]);
  });

  it('opens the same traffic twice through proxies, whose backends alone have several ports', () => {
    expect(tiersOf({ clients: 4, proxies: 1, backends: 2, ports: 3, rate: 800, hold: 0.05 })).toMatchObject([
      { name: 'client → proxy', lanes: 4, opensPerSecond: 800 },
      { name: 'proxy → backend', lanes: 6, opensPerSecond: 800 },
    ]);
    expect(tiersOf({ clients: 4, proxies: 1, backends: 2 })).toMatchObject([
      { slots: 4 * 28_232, opensPerSecond: null },
      { slots: 2 * 28_232, opensPerSecond: null },
    ]);
  });

  it('keeps connections that carry requests without end, and fewer than there are slots', () => {
    const [tier] = topologyOf({ keep: 32 }).tiers;
    expect(tier?.traffic).toMatchObject({ keptPerLane: 32, requestsPerConnection: Number.POSITIVE_INFINITY });
    expect(topologyOf({ keep: 28_231 }).tiers).toHaveLength(1);
    const refused = (flags: TopologyFlags): void =>
      expect(() => topologyOf(flags)).toThrow(
        expect.objectContaining({ code: 'FT_ARGUMENT', message: expect.stringContaining('leave no slot') }),
      );
    refused({ keep: 28_232 });
    refused({ keep: 20_000, destinations: 2, boundBeforeConnect: true });
    refused({ keep: 28_232, clients: 4, proxies: 1, backends: 2, rate: 5 });
  });

  it('has a gateway on the way to the destinations only', () => {
    const via = { via: 'aws-nat-gateway', viaAddresses: 3 };
    expect(topologyOf(via).tiers).toMatchObject([{ via: { id: 'aws-nat-gateway', addresses: 3 } }]);
    const proxied = topologyOf({ ...via, clients: 4, proxies: 1, backends: 2 });
    expect(proxied.tiers).toMatchObject([{ via: null }, { via: { addresses: 3 } }]);
  });

  it('knows which gateways there are, and what they cannot have', () => {
    expect(() => topologyOf({ via: 'aws' })).toThrow(
      expect.objectContaining({ code: 'FT_ARGUMENT', hint: expect.stringContaining('aws-nat-gateway') }),
    );
    expect(() => topologyOf({ via: 'aws-nat-gateway', viaAddresses: 99 })).toThrow(
      expect.objectContaining({ code: 'FT_ARGUMENT' }),
    );
  });
});
