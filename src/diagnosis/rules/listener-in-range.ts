import { reserveListeners } from '../../remedies/reserve-listeners.ts';
import { formatShare, plural } from '../../tcp/number-text.ts';
import { formatPortList, parsePortList } from '../../tcp/port-list.ts';
import { PortSet } from '../../tcp/port-set.ts';
import type { BlockerReport, LaneReport, NamespaceReport, ProcessReport } from '../report.ts';
import type { Finding, Rule } from '../rule.ts';
import { describeLane, describeOwner } from '../text.ts';
import { enumerate } from './enumerate.ts';

/** Ports, or ranges of them. */
const MOST_NAMED = 5;
/** Above this share of one lane's slots, that one of its connections holds a given port is likely. */
const LIKELY_SHARE = 0.5;

/** Listeners inside the range whose ports are not reserved; a warning where some lane holds half of the ports. */
export const listenerInRange: Rule = {
  code: 'listener-in-range',
  *examine({ namespace }) {
    const listeners = listenersOf(namespace.ports.blockers);
    if (listeners.length > 0) yield finding(listeners, namespace);
  },
};

/** Listeners at one address. */
interface Listeners {
  readonly address: string;
  /** Ascending, none that an earlier one has. */
  readonly ports: readonly number[];
  readonly processes: readonly ProcessReport[];
}

function listenersOf(blockers: readonly BlockerReport[]): Listeners[] {
  const seen = new PortSet();
  return blockers
    .filter(({ kind }) => kind === 'listener')
    .map(({ address, ports, processes }) => ({
      address,
      ports: [...parsePortList(ports)].filter((port) => seen.add(port)),
      processes,
    }))
    .filter(({ ports }) => ports.length > 0);
}

function finding(listeners: readonly Listeners[], { ports, lanes }: NamespaceReport): Finding {
  const { low, high } = ports;
  const fullest = lanes.reduce<LaneReport | null>((most, lane) => (shareOf(lane) > shareOf(most) ? lane : most), null);
  const isLikely = shareOf(fullest) >= LIKELY_SHARE;
  return {
    severity: isLikely ? 'warning' : 'info',
    lane: null,
    summary: summary(listeners, isLikely ? fullest : null),
    explanation: `The kernel may give an outgoing connection any port from ${low} to ${high} that is neither reserved nor bound. While a program listens its port is safe; between its end and its next start it is not, and bind() then fails with EADDRINUSE until that connection is gone, TIME_WAIT included. A reserved port is left to those that ask for it by number. A program that listens at port 0, a port of the kernel's choice, needs no reservation.`,
    evidence: {
      listeners: listeners.map(({ address, ports, processes }) => ({
        address,
        ports: formatPortList(ports),
        processes,
      })),
      ...{ rangeLow: low, rangeHigh: high, fullestLaneShare: Number(Math.max(0, shareOf(fullest)).toFixed(6)) },
    },
    remedies: [reserveListeners],
    unhelpful: [],
  };
}

function summary(listeners: readonly Listeners[], lane: LaneReport | null): string {
  const count = countPorts(listeners);
  const subject =
    count === 1
      ? `Port ${nameOnly(listeners)}`
      : `${plural(count, 'port')} inside the ephemeral range, none of them reserved, are listened on (${nameSome(listeners)})`;
  const chance =
    lane === null
      ? 'an outgoing connection can'
      : `with ${formatShare(shareOf(lane))} of the ports held by ${describeLane(lane)}, an outgoing connection is likely to`;
  return `${subject}: ${chance} take ${count === 1 ? 'it' : 'one'} while its program is down, and the next start then fails with EADDRINUSE.`;
}

function countPorts(listeners: readonly Listeners[]): number {
  return listeners.reduce((sum, { ports }) => sum + ports.length, 0);
}

function nameOnly([only]: readonly Listeners[]): string {
  const owner = describeOwner(only?.processes ?? []);
  return `${only?.ports[0]}, inside the ephemeral range and not reserved, is listened on${owner === null ? '' : ` by ${owner}`}`;
}

/** `40010-40011 by node 900, 45000 by sshd 22, 7 more`. */
function nameSome(listeners: readonly Listeners[]): string {
  const names: string[] = [];
  let left = MOST_NAMED;
  let more = countPorts(listeners);
  for (const { ports, processes } of listeners) {
    const named = formatPortList(ports).split(',').slice(0, left);
    if (named.length === 0) break;
    const owner = describeOwner(processes);
    names.push(owner === null ? enumerate(named) : `${enumerate(named)} by ${owner}`);
    left -= named.length;
    more -= parsePortList(named.join(',')).size;
  }
  return names.concat(more > 0 ? [`${more} more`] : []).join(', ');
}

function shareOf(lane: LaneReport | null): number {
  return lane === null || lane.slots <= 0 ? -1 : lane.used / lane.slots;
}
