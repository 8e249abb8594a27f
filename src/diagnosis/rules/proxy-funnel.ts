import { keepConnections } from '../../remedies/keep-connections.ts';
import { moreDestinationAddresses } from '../../remedies/more-destination-addresses.ts';
import { moreDestinationPorts } from '../../remedies/more-destination-ports.ts';
import { moreSourceAddresses } from '../../remedies/more-source-addresses.ts';
import { spreadDestinations } from '../../remedies/spread-destinations.ts';
import { spreadSources } from '../../remedies/spread-sources.ts';
import { formatLane } from '../../tcp/lane.ts';
import { formatCount, formatShare, plural } from '../../tcp/number-text.ts';
import { FOLKLORE } from '../folklore.ts';
import type { LaneReport, NamespaceReport } from '../report.ts';
import type { Finding, Rule } from '../rule.ts';
import { describeOwner } from '../text.ts';
import { groupLanes } from './lane-groups.ts';
import { findProxies, type ProxyProgram } from './proxy-programs.ts';

/** A lane of which less is used is not what holds a proxy back. */
const USED_THAT_MATTERS = 0.25;
const HALF_FULL = 0.5;
/** How near a half must be to be called so. */
const TOLERANCE = 0.01;
const FRACTIONS: ReadonlyMap<number, string> = new Map([
  [2, 'a half'],
  [3, 'a third'],
  [4, 'a quarter'],
]);

/** A proxy has fewer lanes towards its backends than its clients have towards it, and one of them fills. */
export const proxyFunnel: Rule = {
  code: 'proxy-funnel',
  *examine({ namespace, inbound }) {
    if (inbound === null) return;
    const proxies = findProxies(inbound, namespace.lanes);
    // TIME_WAIT belongs to nobody: such a lane may be of any proxy, and so it is counted for each.
    const nobodys = namespace.lanes.filter(({ processes }) => processes.length === 0);
    for (const proxy of proxies) {
      const funnel = measure(proxy, nobodys, namespace);
      const fullest = fullestOf(proxies.length === 1 ? [...proxy.lanes, ...nobodys] : proxy.lanes);
      if (funnel.factor < 1 && fullest !== null) yield finding(proxy, funnel, fullest);
    }
  },
};

interface Funnel {
  readonly inboundLanes: number;
  readonly inboundSlots: number;
  /** Those that may be its own included. */
  readonly outboundLanes: number;
  readonly outboundSlots: number;
  /** How many of the outbound lanes are known to be its own. */
  readonly ownLanes: number;
  readonly factor: number;
}

function measure(
  { inbound, lanes }: ProxyProgram,
  nobodys: readonly LaneReport[],
  { lanesOmitted, ports: { usable } }: NamespaceReport,
): Funnel {
  const inboundLanes = inbound.reduce((sum, { clients }) => sum + clients, 0);
  const inboundSlots = inboundLanes * usable;
  const groups = groupLanes([...lanes, ...nobodys]);
  const outboundSlots = groups.reduce((sum, { lane }) => sum + lane.slots, lanesOmitted * usable);
  return {
    ...{ inboundLanes, inboundSlots, outboundSlots },
    ...{ outboundLanes: lanes.length + nobodys.length + lanesOmitted, ownLanes: lanes.length },
    factor: inboundSlots === 0 ? 1 : outboundSlots / inboundSlots,
  };
}

/** @returns null where none is used enough */
function fullestOf(lanes: readonly LaneReport[]): LaneReport | null {
  const used = lanes.filter((lane) => utilizationOf(lane) >= USED_THAT_MATTERS);
  return used.sort((a, b) => utilizationOf(b) - utilizationOf(a))[0] ?? null;
}

function utilizationOf({ utilization }: LaneReport): number {
  return utilization ?? 0;
}

function finding({ inbound, processes }: ProxyProgram, funnel: Funnel, lane: LaneReport): Finding {
  const { inboundLanes, outboundLanes, inboundSlots, outboundSlots, ownLanes, factor } = funnel;
  const most = ownLanes < outboundLanes ? 'at most ' : '';
  return {
    severity: utilizationOf(lane) >= HALF_FULL ? 'warning' : 'info',
    lane,
    summary: `${describeOwner(processes)} is reached over ${plural(inboundLanes, 'lane')} and goes on over ${most}${formatCount(outboundLanes)}: it cuts what its clients can have open at once to ${most}${describeFactor(factor)} (${formatCount(outboundSlots)} of ${plural(inboundSlots, 'connection')}), and ${formatLane(lane)} uses ${formatShare(lane.utilization)} of its slots.`,
    explanation:
      'Each client address has a lane of its own to each address and port of the proxy, and the proxy has one lane from each of its addresses to each address and port of a backend; a lane has one slot for each usable port. Clients are assumed to have as many ports as this machine. What comes in beyond that finds no port on its way out, unless connections to backends are kept and shared.',
    evidence: {
      clients: Math.max(...inbound.map(({ clients }) => clients)),
      ...{ inboundLanes, outboundLanes, ownLanes, inboundSlots, outboundSlots },
      factor: Number(factor.toFixed(6)),
      listeners: inbound.map(({ address, port, clients, connections }) => ({ address, port, clients, connections })),
    },
    remedies: [
      ...[moreDestinationAddresses, moreDestinationPorts, moreSourceAddresses],
      ...[spreadSources, spreadDestinations, keepConnections],
    ],
    unhelpful: [FOLKLORE.moreFiles],
  };
}

/** `a half`, `a third`, `a quarter`; `6.2%`. */
function describeFactor(factor: number): string {
  const times = Math.round(1 / factor);
  const isNear = Math.abs(factor * times - 1) <= TOLERANCE;
  return (isNear ? FRACTIONS.get(times) : undefined) ?? formatShare(factor);
}
