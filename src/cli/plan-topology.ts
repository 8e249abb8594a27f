import type { Gateway } from '../plan/gateway.ts';
import { findGateway } from '../plan/gateways/gateways.ts';
import {
  DEFAULT_TRAFFIC,
  type Destinations,
  type HostSettings,
  type Sources,
  type Tier,
  type Topology,
  type Traffic,
} from '../plan/topology.ts';
import { LINUX_DEFAULT_RANGE } from '../tcp/port-range.ts';
import { PortSet } from '../tcp/port-set.ts';
import { LINUX_TIME_WAIT_MS } from '../tcp/time-wait.ts';
import type { TopologyFlags } from './plan-flags.ts';

/**
 * The topology that flags describe: clients, proxies and backends, or sources and destinations with nothing between; with
 * Linux's own settings where none are given.
 *
 * @throws FourtupleError FT_ARGUMENT where there is no such gateway, or it cannot be used like this
 */
export function topologyOf(flags: TopologyFlags): Topology {
  const { clients, proxies, backends, ports = 1 } = flags;
  const settings = settingsOf(flags);
  if (clients === undefined || proxies === undefined || backends === undefined) {
    const from = sources('source', flags.sources ?? 1);
    const to = destinations('destination', flags.destinations ?? 1, ports);
    const via = gatewayOf(flags, from.hosts);
    return { tiers: [tier(from, to, { via, settings, traffic: trafficOf(flags) })] };
  }
  // Of two tiers without a rate neither is fuller: it is the slots that are compared.
  const traffic = flags.rate === undefined ? null : trafficOf(flags);
  return {
    tiers: [
      tier(sources('client', clients), destinations('proxy', proxies, 1), { via: null, settings, traffic }),
      tier(sources('proxy', proxies), destinations('backend', backends, ports), {
        via: gatewayOf(flags, proxies),
        settings,
        traffic,
      }),
    ],
  };
}

function tier(from: Sources, to: Destinations, more: Pick<Tier, 'via' | 'settings' | 'traffic'>): Tier {
  return { name: `${from.name} → ${to.name}`, from, to, ...more };
}

function sources(name: string, hosts: number): Sources {
  return { name, hosts, addresses: 1 };
}

function destinations(name: string, hosts: number, ports: number): Destinations {
  return { name, hosts, addresses: 1, ports };
}

function settingsOf({ range, reserved, timeWait, reuse, boundBeforeConnect }: TopologyFlags): HostSettings {
  return {
    range: range ?? LINUX_DEFAULT_RANGE,
    reserved: reserved ?? new PortSet(),
    listening: [],
    boundBeforeConnect: boundBeforeConnect === true,
    timeWaitSeconds: timeWait ?? LINUX_TIME_WAIT_MS / 1_000,
    reuseDelaySeconds: reuse ?? null,
  };
}

/** Without a rate too: what a tier sustains does not depend on it. */
function trafficOf({ rate, hold, requestsPerConnection, closes }: TopologyFlags): Traffic {
  const unsaid = DEFAULT_TRAFFIC;
  return {
    ...unsaid,
    requestsPerSecond: rate ?? 0,
    requestsPerConnection: requestsPerConnection ?? unsaid.requestsPerConnection,
    holdSeconds: hold ?? unsaid.holdSeconds,
    closes: closes ?? unsaid.closes,
  };
}

function gatewayOf({ via, viaAddresses }: TopologyFlags, hosts: number): Gateway | null {
  return via === undefined ? null : findGateway(via).resolve({ hosts, addresses: viaAddresses });
}
