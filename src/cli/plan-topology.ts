import type { Gateway } from '../plan/gateway.ts';
import { findGateway } from '../plan/gateways/gateways.ts';
import { mostKept } from '../plan/pools.ts';
import {
  DEFAULT_TRAFFIC,
  type Destinations,
  type HostSettings,
  requestsUnsaid,
  type Sources,
  type Tier,
  type Topology,
  type Traffic,
} from '../plan/topology.ts';
import { FourtupleError } from '../tcp/error.ts';
import { formatCount } from '../tcp/number-text.ts';
import { LINUX_DEFAULT_RANGE } from '../tcp/port-range.ts';
import { PortSet } from '../tcp/port-set.ts';
import { LINUX_TIME_WAIT_MS } from '../tcp/time-wait.ts';
import type { TopologyFlags } from './plan-flags.ts';

/**
 * The topology that flags describe: clients, proxies and backends, or sources and destinations with nothing between; with
 * Linux's own settings where none are given.
 *
 * @throws FourtupleError FT_ARGUMENT where there is no such gateway, or it cannot be used like this; or where kept
 *   connections leave no slot
 */
export function topologyOf(flags: TopologyFlags): Topology {
  const topology = describedTopology(flags);
  topology.tiers.forEach(checkKept);
  return topology;
}

function describedTopology(flags: TopologyFlags): Topology {
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
function trafficOf(flags: TopologyFlags): Traffic {
  const unsaid = DEFAULT_TRAFFIC;
  const kept = flags.keep ?? unsaid.keptPerLane;
  return {
    requestsPerSecond: flags.rate ?? 0,
    pattern: flags.pattern ?? unsaid.pattern,
    requestsPerConnection: flags.requestsPerConnection ?? requestsUnsaid(kept),
    holdSeconds: flags.hold ?? unsaid.holdSeconds,
    hold: unsaid.hold,
    closes: flags.closes ?? unsaid.closes,
    roundTripSeconds: flags.roundTrip ?? unsaid.roundTripSeconds,
    keptPerLane: kept,
    laneChoice: flags.lanes ?? unsaid.laneChoice,
    retries: flags.retries ?? unsaid.retries,
  };
}

/** Where kept connections hold all slots none is left for the others. */
function checkKept(tier: Tier): void {
  const { keptPerLane } = tier.traffic ?? DEFAULT_TRAFFIC;
  const most = mostKept(tier);
  if (keptPerLane === 0 || keptPerLane < most) return;
  throw new FourtupleError(
    'FT_ARGUMENT',
    `--keep: ${formatCount(keptPerLane)} kept connections leave no slot: a host of ${tier.name} has ${formatCount(most)} to one destination`,
  );
}

function gatewayOf({ via, viaAddresses }: TopologyFlags, hosts: number): Gateway | null {
  return via === undefined ? null : findGateway(via).resolve({ hosts, addresses: viaAddresses });
}
