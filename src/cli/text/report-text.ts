import type { LaneReport, NamespaceReport, PortsReport, Report, SettingsReport } from '../../diagnosis/report.ts';
import { sustainableOpensPerSecond } from '../../tcp/capacity.ts';
import { formatLane } from '../../tcp/lane.ts';
import { LINUX_TIME_WAIT_MS } from '../../tcp/time-wait.ts';
import { fullness, renderLanes } from './lane-table.ts';
import { formatCount, formatRate, formatSeconds, formatShare, plural, UNKNOWN } from './number.ts';
import { describeProcesses } from './process-text.ts';
import type { Screen } from './screen.ts';
import { style } from './style.ts';
import { wrap } from './wrap.ts';

/** How many ports of a blocker are spelled out. */
const PORTS_SPELLED = 40;
/** How many blockers are listed. */
const BLOCKERS_LISTED = 5;

/** From this share of its slots on, a lane is spoken of; so many lanes at most. */
const ALMOST_FULL = 0.9;
const VERDICTS_GIVEN = 3;

/** A report as a person reads it: namespaces without a used slot are only named, but for a single one. */
export function renderReport(report: Report, screen: Screen): string {
  const { namespaces } = report;
  const busy = namespaces.filter((namespace) => namespaces.length === 1 || !isQuiet(namespace)).sort(byFullness);
  const quiet = namespaces.filter((namespace) => !busy.includes(namespace));
  const blocks = [
    renderHead(report, screen),
    ...busy.map((namespace) => renderNamespace(namespace, report, screen)),
    ...(quiet.length === 0 ? [] : [renderQuiet(quiet, report, screen)]),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function isQuiet({ totals, notes, ports }: NamespaceReport): boolean {
  return totals.used === 0 && notes.length === 0 && ports.blocked === 0;
}

/** The namespace with the fullest lane first. */
function byFullness(a: NamespaceReport, b: NamespaceReport): number {
  const fullest = ({ lanes }: NamespaceReport): number => (lanes[0] === undefined ? -1 : fullness(lanes[0]));
  return fullest(b) - fullest(a);
}

function renderQuiet(quiet: readonly NamespaceReport[], report: Report, screen: Screen): string {
  const names = quiet.map((namespace) => namespaceName(namespace, report) ?? UNKNOWN);
  return style(screen, 'dim', `no ephemeral port is used in: ${names.join(', ')}`);
}

function renderHead({ host, takenAt, durationSeconds }: Report, screen: Screen): string {
  const parts = [
    host.name ?? 'a captured machine',
    host.kernel === null ? null : `Linux ${host.kernel}`,
    takenAt === null ? null : takenAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC'),
    `${takenAt === null ? 'read' : 'taken'} in ${formatSeconds(durationSeconds)}`,
  ];
  return style(screen, 'dim', parts.filter((part) => part !== null).join(screen.unicode ? ' · ' : ', '));
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
    ...namespace.notes.map((note) => style(screen, 'yellow', wrap(`note: ${note}`, screen.width))),
  ];
  return lines.join('\n');
}

/** A capture's only namespace has no name, and needs none. */
function namespaceName({ name, inode, holder }: NamespaceReport, report: Report): string | null {
  if (name !== null) return name;
  if (inode === null && report.namespaces.length === 1) return null;
  const who = holder === null ? '' : ` (${holder.name} ${holder.pid})`;
  return `namespace ${inode ?? 'of unknown inode'}${who}`;
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
    .map((lane) => (lane.free === 0 ? describeExhausted(lane) : describeAlmostFull(lane)))
    .map((sentence) => style(screen, 'red', wrap(sentence, screen.width)));
}

function describeExhausted(lane: LaneReport): string {
  const error = lane.pool === 'source' ? 'bind() fails with EADDRINUSE' : 'connect() fails with EADDRNOTAVAIL';
  return `EXHAUSTED ${formatLane(lane)} has no free slot of ${formatCount(lane.slots)}: ${error}.${describeHeld(lane)}`;
}

function describeAlmostFull(lane: LaneReport): string {
  const free = lane.free ?? Math.max(0, lane.slots - lane.used);
  const unsure = lane.free === null ? ', if none can be taken over from TIME_WAIT' : '';
  return `ALMOST FULL ${formatLane(lane)} has ${formatCount(free)} of ${plural(lane.slots, 'slot')} free${unsure}.${describeHeld(lane)}`;
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
  const timeWait = LINUX_TIME_WAIT_MS / 1000;
  const sustained = (seconds: number): string => formatRate(sustainableOpensPerSecond(ports.usable, 0, seconds));
  return [
    'No connection holds an ephemeral port.',
    `One lane, from one source to one destination address and port, could hold ${formatCount(ports.usable)} connections here.`,
    `Where this end closes first, TIME_WAIT holds a slot for ${timeWait} s more: ${sustained(timeWait)} opens per second can be sustained.`,
    ...renderReuse(settings, sustained),
  ];
}

function renderReuse(settings: SettingsReport, sustained: (seconds: number) => string): string[] {
  const { tcpTwReuse, tcpTwReuseDelaySeconds: delay, tcpTimestamps } = settings;
  if (tcpTwReuse === 0 || tcpTwReuse === null || delay === null || tcpTimestamps === 0) return [];
  const where = tcpTwReuse === 2 ? 'Over loopback' : 'To hosts with TCP timestamps';
  return [
    `${where}, where tcp_tw_reuse=${tcpTwReuse} takes slots over after ${formatSeconds(delay)}, ${sustained(delay)}.`,
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
