import type { Gateway } from '../../src/plan/gateway.ts';
import {
  DEFAULT_TRAFFIC,
  type Destinations,
  type HostSettings,
  type Sources,
  type Tier,
  type Traffic,
} from '../../src/plan/topology.ts';
import { LINUX_DEFAULT_RANGE } from '../../src/tcp/port-range.ts';
import { PortSet } from '../../src/tcp/port-set.ts';

/** What of a tier is different from {@link tierLike}'s; `traffic: null` for none. */
export interface TierChanges {
  readonly name?: string;
  readonly from?: Partial<Sources>;
  readonly to?: Partial<Destinations>;
  readonly via?: Gateway;
  readonly settings?: Partial<HostSettings>;
  readonly traffic?: Partial<Traffic> | null;
}

/** A proxy with Linux's own settings that opens 500 connections a second of 50 ms to one backend, and closes them. */
export function tierLike({ name, from, to, via, settings, traffic }: TierChanges = {}): Tier {
  return {
    name: name ?? 'proxy → backend',
    from: { name: 'proxy', hosts: 1, addresses: 1, ...from },
    to: { name: 'backend', hosts: 1, addresses: 1, ports: 1, ...to },
    via: via ?? null,
    settings: {
      ...{ range: LINUX_DEFAULT_RANGE, reserved: new PortSet(), listening: [], boundBeforeConnect: false },
      ...{ timeWaitSeconds: 60, reuseDelaySeconds: null },
      ...settings,
    },
    traffic:
      traffic === null
        ? null
        : {
            ...DEFAULT_TRAFFIC,
            ...{ requestsPerSecond: 500, holdSeconds: 0.05 },
            ...traffic,
          },
  };
}

/** A gateway with one address of 55,000 slots that keeps them for 120 s. */
export function gatewayLike(more: Partial<Gateway> = {}): Gateway {
  return {
    ...{ id: 'some-gateway', title: 'Some gateway', lanePer: 'address' },
    ...{
      slotsPerLane: 55_000,
      addresses: 1,
      mostAddresses: 8,
      timeWaitSeconds: 120,
      tries: null,
      source: 'https://example.com/limits',
    },
    ...more,
  };
}
