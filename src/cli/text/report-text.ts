import type { LaneReport, NamespaceReport, PortsReport, Report } from '../../diagnosis/report.ts';
import { sustainableOpensPerSecond } from '../../tcp/capacity.ts';
import { formatLane } from '../../tcp/lane.ts';
import { LINUX_TIME_WAIT_MS } from '../../tcp/time-wait.ts';
import { fullness, renderLanes } from './lane-table.ts';
import { formatCount, formatRate, formatSeconds, formatShare, plural } from './number.ts';
import { describeProcesses } from './process-text.ts';
import type { Screen } from './screen.ts';
import { style } from './style.ts';

/** How many ports of a blocker are spelled out. */
const PORTS_SPELLED = 40;
/** How many blockers are listed. */
const BLOCKERS_LISTED = 5;

/** From this share of its slots on, a lane is spoken of; so many lanes at most. */
const ALMOST_FULL = 0.9;
const VERDICTS_GIVEN = 3;

/** A report as a person reads it. */
export function renderReport(report: Report, screen: Screen): string {
  const blocks = report.namespaces.map((namespace) => renderNamespace(namespace, report, screen));
  return `${[renderHead(report, screen), ...blocks].join('\n\n')}\n`;
}

function renderHead({ host, takenAt, durationSeconds }: Report, screen: Screen): string {
  const parts = [
    host.name ?? 'a captured machine',
    host.kernel === null ? null : `Linux ${host.kernel}`,
    takenAt === null ? null : takenAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC'),
    `${takenAt === null ? 'read' : 'taken'} in ${formatSeconds(durationSeconds)}`,
  ];
  return style(screen, 'dim', parts.filter((part) => part !== null).join(' · '));
}

function renderNamespace(namespace: NamespaceReport, report: Report, screen: Screen): string {
  const name = namespaceName(namespace, report);
  const lines = [
    style(screen, 'bold', `${name === null ? '' : `${name}: `}${describePorts(namespace.ports)}`),
    ...renderBlockers(namespace.ports),
    ...renderVerdicts(namespace, screen),
    ...(namespace.lanes.length === 0 ? renderEmpty(namespace) : ['', ...renderLanes(namespace, screen)]),
    ...renderRest(namespace),
    ...renderTotals(namespace),
    ...namespace.notes.map((note) => style(screen, 'yellow', `note: ${note}`)),
  ];
  return lines.join('\n');
}

/** A capture's only namespace has no name, and needs none. */
function namespaceName({ name, inode }: NamespaceReport, report: Report): string | null {
  if (name !== null) return name;
  return inode === null && report.namespaces.length === 1 ? null : `namespace ${inode ?? 'of unknown inode'}`;
}

function describePorts({ low, high, size, reserved, blocked, usable }: PortsReport): string {
  const without = [
    ...(reserved > 0 ? [`${formatCount(reserved)} reserved`] : []),
    ...(blocked > 0 ? [`${formatCount(blocked)} blocked`] : []),
  ];
  const range = `ports ${low}-${high}`;
  return without.length === 0
    ? `${range}, all ${formatCount(size)} usable`
    : `${range}, ${formatCount(usable)} of ${formatCount(size)} usable (${without.join(', ')})`;
}

const KIND_TEXT = {
  listener: 'listening',
  'bound-idle': 'bound and idle',
  'bound-before-connect': 'bound before connect',
} as const;

function renderBlockers({ blockers }: PortsReport): string[] {
  const lines = blockers.slice(0, BLOCKERS_LISTED).map(({ kind, address, ports, count, processes }) => {
    const spelled = ports.length > PORTS_SPELLED ? `${formatCount(count)} ports` : ports;
    const owner = describeProcesses(processes);
    return `  blocked: ${spelled} ${KIND_TEXT[kind]} on ${address}${owner === '' ? '' : ` by ${owner}`}`;
  });
  const rest = blockers.slice(BLOCKERS_LISTED).reduce((sum, { count }) => sum + count, 0);
  return rest === 0 ? lines : [...lines, `  blocked: ${plural(rest, 'more port')}`];
}

/** A sentence for each lane that fails, or is about to. */
function renderVerdicts({ lanes }: NamespaceReport, screen: Screen): string[] {
  return lanes
    .filter((lane) => fullness(lane) >= ALMOST_FULL)
    .slice(0, VERDICTS_GIVEN)
    .map((lane) => style(screen, 'red', lane.free === 0 ? describeExhausted(lane) : describeAlmostFull(lane)));
}

function describeExhausted(lane: LaneReport): string {
  const error = lane.pool === 'source' ? 'bind() fails with EADDRINUSE' : 'connect() fails with EADDRNOTAVAIL';
  return `EXHAUSTED ${formatLane(lane)} has no free slot of ${formatCount(lane.slots)}: ${error}.${describeHeld(lane)}`;
}

function describeAlmostFull(lane: LaneReport): string {
  const left = Math.max(0, lane.slots - lane.used);
  const free = lane.free ?? left;
  const unsure = lane.free === null ? ', if none can be taken over from TIME_WAIT' : '';
  return `ALMOST FULL ${formatLane(lane)} has ${formatCount(free)} free of ${plural(lane.slots, 'slot')}${unsure}.${describeHeld(lane)}`;
}

/** What holds the slots, and how they come back. */
function describeHeld({ states, used }: LaneReport): string {
  const timeWait = states.TIME_WAIT ?? 0;
  if (timeWait * 2 < used) return ` Open connections hold ${formatCount(used - timeWait)}.`;
  const share = timeWait === used ? 'TIME_WAIT holds all that are used' : `TIME_WAIT holds ${formatCount(timeWait)}`;
  return ` ${share}, each for ${LINUX_TIME_WAIT_MS / 1000} s after its connection closed.`;
}

function renderEmpty({ ports, totals, settings }: NamespaceReport): string[] {
  if (totals.lanes > 0) return ['No lane matches; `*>*:*` would match all.'];
  const seconds = LINUX_TIME_WAIT_MS / 1000;
  const rate = formatRate(sustainableOpensPerSecond(ports.usable, 0, seconds));
  const delay = settings.tcpTwReuseDelaySeconds;
  const reuse =
    settings.tcpTwReuse === 2 && settings.tcpTimestamps !== 0 && delay !== null
      ? `, over loopback ${formatRate(sustainableOpensPerSecond(ports.usable, 0, delay))}, where tcp_tw_reuse takes slots over after ${formatSeconds(delay)}`
      : '';
  return [
    'No connection holds an ephemeral port.',
    `One lane, from one source to one destination address and port, could hold ${formatCount(ports.usable)} connections here.`,
    `It could sustain ${rate} opens per second if this end closes first, with ${seconds} s of TIME_WAIT each${reuse}.`,
  ];
}

function renderRest({ lanes, lanesOmitted, totals }: NamespaceReport): string[] {
  if (lanesOmitted === 0) return [];
  const listed = lanes.length + lanesOmitted === totals.lanes;
  const used = totals.used - lanes.reduce((sum, lane) => sum + lane.used, 0);
  const fullest = lanes.at(-1);
  const atMost = fullest === undefined ? '' : `, none fuller than ${formatShare(fullness(fullest))}`;
  const sum = listed ? `: ${formatCount(used)} used` : '';
  return [`${plural(lanesOmitted, 'more lane')}${sum}${atMost} (--top ${totals.lanes > 100 ? 100 : 'all'} lists more)`];
}

function renderTotals({ totals }: NamespaceReport): string[] {
  const outside = totals.outsideLanes ?? 0;
  const inLanes = `${plural(totals.lanes, 'lane')}, ${formatCount(totals.used)} slots used: ${formatCount(totals.live)} live, ${formatCount(totals.timeWait)} TIME_WAIT.`;
  const without =
    outside === 0
      ? ''
      : ` ${plural(outside, 'connection')}${describeTimeWait(totals.timeWaitOutsideLanes ?? 0)} ${outside === 1 ? 'holds' : 'hold'} no slot: inbound, or from a port outside the range.`;
  return totals.lanes === 0 && outside === 0 ? [] : ['', inLanes + without];
}

function describeTimeWait(count: number): string {
  return count === 0 ? '' : ` (${formatCount(count)} in TIME_WAIT)`;
}
