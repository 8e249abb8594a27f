import type { Refusal } from '../../linux/connect-trace.ts';
import { bindAddressNoPort } from '../../remedies/bind-address-no-port.ts';
import { keepConnections } from '../../remedies/keep-connections.ts';
import { moreDestinationAddresses } from '../../remedies/more-destination-addresses.ts';
import { moreSourceAddresses } from '../../remedies/more-source-addresses.ts';
import type { Remedy } from '../../remedies/remedy.ts';
import { tcpTwReuse } from '../../remedies/tcp-tw-reuse.ts';
import { widerRange } from '../../remedies/wider-range.ts';
import { withoutZone } from '../../tcp/address.ts';
import { formatEndpoint } from '../../tcp/lane.ts';
import { formatCount, formatSeconds, plural } from '../../tcp/number-text.ts';
import { FOLKLORE } from '../folklore.ts';
import type { LaneReport, NamespaceReport, ProcessReport } from '../report.ts';
import type { Finding, Rule } from '../rule.ts';
import type { Scene } from '../scene.ts';
import { describeOwner } from '../text.ts';
import { explainHeld, folkloreFor, remediesFor } from './by-cause.ts';
import { type CountedRefusals, countedRefusals, describeCounted, explainCounted } from './counted-refusals.ts';
import { enumerate } from './enumerate.ts';
import type { LaneGroup } from './lane-groups.ts';

/** How many of the processes are named with their counts. */
const PROCESSES_TOLD = 10;
/** How many of the lanes that refused are named. */
const LANES_TOLD = 10;
/** From this share of the range on, blocked ports are why no port was free. */
const MOSTLY_BLOCKED = 0.5;

/**
 * Connects failed for want of a port while `--trace` looked: exact, of each process. Those of many processes of one name to
 * one destination, as the workers of a server, are one finding. Where a spread counts them they are known without a look,
 * and without their process; they may be of long ago, so that nobody is called for them.
 */
export const connectsRefused: Rule = {
  code: 'connects-refused',
  *examine(scene) {
    const { trace, namespace } = scene;
    const refusals = (trace?.refusals ?? []).filter((refusal) => isOf(refusal, namespace));
    for (const failures of groupByProgram(refusals)) yield finding(failures, scene);
    for (const counted of countedRefusals(namespace)) {
      const [{ destination, port }] = counted.counted;
      const isTraced = refusals.some((one) => one.destination === destination && one.port === port);
      if (!isTraced) yield countedFinding(counted, scene);
    }
  },
};

function countedFinding(refused: CountedRefusals, { namespace, machine }: Scene): Finding {
  const { lane, refusals, counted, inEmptyLanes } = refused;
  const group = lane === null ? null : groupOf(lane);
  return {
    severity: 'warning',
    lane,
    summary: describeCounted(refused),
    explanation: [explainCounted(refused), ...(group === null ? [] : [explainHeld(group, machine)])].join(' '),
    evidence: { refusals, inEmptyLanes, lanesTotal: counted.length, lanes: counted.slice(0, LANES_TOLD) },
    ...helpFor(group, namespace),
  };
}

/** A process that ended at once is of the namespace that has its lane. */
function isOf(refusal: Refusal, { inode, lanes }: NamespaceReport): boolean {
  if (refusal.namespaceInode !== null) return refusal.namespaceInode === inode;
  return lanes.some((lane) => isLaneOf(lane, refusal));
}

/** The trace has link-local addresses without their zone. */
function isLaneOf(lane: LaneReport, { source, destination, port }: Refusal): boolean {
  return lane.port === port && withoutZone(lane.source) === source && withoutZone(lane.destination) === destination;
}

/** Of one name and destination, those with most failures first. */
type Failures = readonly [Refusal, ...Refusal[]];

function groupByProgram(refusals: readonly Refusal[]): Failures[] {
  const groups = new Map<string, [Refusal, ...Refusal[]]>();
  for (const refusal of refusals) {
    const key = `${refusal.destination} ${refusal.port} ${refusal.name}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [refusal]);
    else group.push(refusal);
  }
  for (const group of groups.values()) group.sort((a, b) => b.count - a.count);
  return [...groups.values()].sort((a, b) => total(b) - total(a));
}

function total(refusals: readonly Refusal[]): number {
  return refusals.reduce((sum, { count }) => sum + count, 0);
}

function finding(failures: Failures, { namespace, machine, trace }: Scene): Finding {
  const [most] = failures;
  const lane = namespace.lanes.find((one) => isLaneOf(one, most)) ?? null;
  const group = lane === null ? null : groupOf(lane);
  const processes = countByProcess(failures);
  const sources = [...new Set(failures.map(({ source }) => source))];
  return {
    severity: 'critical',
    lane,
    summary: summary(failures, processes, sources, trace?.seconds ?? 0),
    explanation: [
      'connect() found every port of the range taken and failed with EADDRNOTAVAIL, which no counter of the kernel shows.',
      ...(processes.length < 2 ? [] : [describeProcesses(processes)]),
      ...(most.lost === 0 ? [] : [`There were up to ${formatCount(most.lost)} more than could be read.`]),
      ...(group === null ? [] : [explainHeld(group, machine)]),
    ].join(' '),
    evidence: {
      ...{ refusals: total(failures), seconds: trace?.seconds ?? null, lost: most.lost, sources },
      processesTotal: processes.length,
      processes: processes.slice(0, PROCESSES_TOLD).map(({ pid, name, sockets }) => ({ pid, name, refusals: sockets })),
    },
    ...helpFor(group, namespace),
  };
}

function groupOf(lane: LaneReport): LaneGroup {
  return { lane, others: 0, held: lane };
}

function helpFor(group: LaneGroup | null, namespace: NamespaceReport): Pick<Finding, 'remedies' | 'unhelpful'> {
  return group === null
    ? { remedies: remediesWithoutLane(namespace), unhelpful: [FOLKLORE.finTimeout, FOLKLORE.moreFiles] }
    : { remedies: remediesFor(group), unhelpful: folkloreFor(group) };
}

/** The sockets of each are those that could not connect. */
function countByProcess(failures: Failures): ProcessReport[] {
  const counts = new Map<number, number>();
  for (const { pid, count } of failures) counts.set(pid, (counts.get(pid) ?? 0) + count);
  const [{ name }] = failures;
  return [...counts]
    .map(([pid, sockets]) => ({ pid, name, unit: null, sockets }))
    .sort((a, b) => b.sockets - a.sockets);
}

function summary(
  failures: Failures,
  processes: readonly ProcessReport[],
  sources: readonly string[],
  seconds: number,
): string {
  const [{ destination, port, lost }] = failures;
  const times = `${lost > 0 ? 'at least ' : ''}${plural(total(failures), 'time')} in ${formatSeconds(seconds)}`;
  const from = sources.length === 1 ? `${sources[0]}` : plural(sources.length, 'address', 'addresses');
  return `${describeOwner(processes)} failed ${times} to connect from ${from} to ${formatEndpoint(destination, port)}: no source port was free.`;
}

function describeProcesses(processes: readonly ProcessReport[]): string {
  const told = processes
    .slice(0, PROCESSES_TOLD)
    .map(({ name, pid, sockets }) => `${name} ${pid} ${plural(sockets, 'time')}`);
  const untold = processes.length - told.length;
  return `It happened to ${enumerate(untold === 0 ? told : [...told, `${formatCount(untold)} more`])}.`;
}

/** The lane is not among those listed: its ports are blocked, or it has been emptied since. */
function remediesWithoutLane({ ports: { blocked, size } }: NamespaceReport): Remedy[] {
  const usual = [tcpTwReuse, keepConnections, widerRange, moreDestinationAddresses, moreSourceAddresses];
  return blocked >= MOSTLY_BLOCKED * size ? [bindAddressNoPort, ...usual] : usual;
}
