import { widerRange } from '../../remedies/wider-range.ts';
import { formatCount, formatShare } from '../../tcp/number-text.ts';
import { formatRange, LINUX_DEFAULT_RANGE, type PortRange, rangeSize } from '../../tcp/port-range.ts';
import type { LaneReport, NamespaceReport } from '../report.ts';
import type { Finding, Rule } from '../rule.ts';
import type { Scene } from '../scene.ts';
import { describeLane } from '../text.ts';

/** A namespace whose lanes use less has ports enough as it is. */
const USED_THAT_MATTERS = 0.1;
const HALF_FULL = 0.5;

/** The host has been given a wider range, and a container that needs ports has not. */
export const namespaceDefaults: Rule = {
  code: 'namespace-defaults',
  *examine({ namespace, host }) {
    if (host === null || !hasDefault(namespace) || rangeSize(host) <= rangeSize(LINUX_DEFAULT_RANGE)) return;
    const fullest = namespace.lanes.reduce<LaneReport | null>(
      (most, lane) => (utilizationOf(lane) > (most === null ? 0 : utilizationOf(most)) ? lane : most),
      null,
    );
    if (fullest !== null && utilizationOf(fullest) >= USED_THAT_MATTERS) yield finding(namespace, host, fullest);
  },
};

function hasDefault({ ports: { low, high } }: NamespaceReport): boolean {
  return low === LINUX_DEFAULT_RANGE.low && high === LINUX_DEFAULT_RANGE.high;
}

function utilizationOf({ utilization }: LaneReport): number {
  return utilization ?? 0;
}

function finding({ name, ports }: NamespaceReport, host: NonNullable<Scene['host']>, lane: LaneReport): Finding {
  const who = name === null ? 'This network namespace' : `The network namespace ${name}`;
  const sizes = (range: PortRange): string => `${formatRange(range)} (${formatCount(rangeSize(range))} ports)`;
  return {
    severity: utilizationOf(lane) >= HALF_FULL ? 'warning' : 'info',
    lane,
    summary: `${who} still has the default range ${sizes(ports)} while the host has ${sizes(host)}, and ${describeLane(lane)} uses ${formatShare(lane.utilization)} of its slots.`,
    explanation:
      'A network namespace inherits no setting of the host: each begins with the defaults of Linux. What makes the namespace must set them: Kubernetes has net.ipv4.ip_local_port_range among the safe sysctls of a pod (spec.securityContext.sysctls), Docker takes --sysctl (Compose: sysctls).',
    evidence: {
      ...{ low: ports.low, high: ports.high, size: ports.size },
      ...{ hostLow: host.low, hostHigh: host.high, hostSize: rangeSize(host), utilization: lane.utilization },
    },
    remedies: [widerRange],
    unhelpful: [],
  };
}
