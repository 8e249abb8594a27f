import { sumCounted } from '../../diagnosis/lane-counts.ts';
import { groupFindings } from '../../diagnosis/problems.ts';
import type { FindingReport, NamespaceReport, PortsReport, Report, SettingsReport } from '../../diagnosis/report.ts';
import { sustainableOpensPerSecond } from '../../tcp/capacity.ts';
import { formatInstant } from '../../tcp/instant-text.ts';
import { formatCount, formatRate, formatSeconds, formatShare, plural, UNKNOWN } from '../../tcp/number-text.ts';
import { meanTimeWaitSeconds } from '../../tcp/time-wait.ts';
import { fullness, renderLanes } from './lane-table.ts';
import { describeProcesses } from './process-text.ts';
import { renderHead, renderNote } from './report-head.ts';
import type { Screen } from './screen.ts';
import { severityLine } from './severity.ts';
import { style } from './style.ts';
import { wrap } from './wrap.ts';

/** How many ports of a blocker are spelled out. */
const PORTS_SPELLED = 40;
/** How many blockers are listed. */
const BLOCKERS_LISTED = 5;

/** How many problems are told. */
const PROBLEMS_GIVEN = 3;

/**
 * A report as a person reads it: namespaces without a used slot are only named, but for a single one.
 *
 * @param doctorCommand what explains the same machine's findings
 */
export function renderReport(report: Report, screen: Screen, doctorCommand = 'fourtuple doctor'): string {
  const { namespaces } = report;
  const busy = namespaces.filter((namespace) => namespaces.length === 1 || !isQuiet(namespace)).sort(byFullness);
  const quiet = namespaces.filter((namespace) => !busy.includes(namespace));
  const blocks = [
    renderHead(report, screen, 'taken'),
    ...busy.map((namespace) => renderNamespace(namespace, report, screen, doctorCommand)),
    ...(quiet.length === 0 ? [] : [renderQuiet(quiet, report, screen)]),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function isQuiet({ totals, notes, ports, counted }: NamespaceReport): boolean {
  return totals.used === 0 && notes.length === 0 && ports.blocked === 0 && (counted ?? []).length === 0;
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

function renderNamespace(namespace: NamespaceReport, report: Report, screen: Screen, doctorCommand: string): string {
  const name = namespaceName(namespace, report);
  const lines = [
    style(screen, 'bold', `${name === null ? '' : `${name}: `}${describePorts(namespace.ports)}`),
    ...renderBlockers(namespace.ports),
    ...renderFindings(namespace, report, screen, doctorCommand),
    ...(namespace.lanes.length === 0 ? renderEmpty(namespace) : ['', ...renderLanes(namespace, screen)]),
    ...renderRest(namespace),
    ...renderTotals(namespace),
    ...renderCounted(namespace, screen),
    ...namespace.notes.map((note) => renderNote(note, screen)),
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

/** What fails or is about to, and what will: informations are left to `doctor`. */
function renderFindings(
  namespace: NamespaceReport,
  { findings }: Report,
  screen: Screen,
  doctorCommand: string,
): string[] {
  const own = findings.filter((finding) => finding.severity !== 'info' && isAbout(finding, namespace));
  const problems = groupFindings(own);
  const lines = problems.slice(0, PROBLEMS_GIVEN).map(({ main }) => {
    return severityLine(screen, main.severity, main.summary);
  });
  const rest = problems.length - lines.length;
  const more = rest > 0 ? ` and ${plural(rest, 'more problem')}` : '';
  return lines.length === 0 ? [] : [...lines, style(screen, 'dim', `(why, and what helps${more}: ${doctorCommand})`)];
}

function isAbout(finding: FindingReport, { inode, name }: NamespaceReport): boolean {
  return finding.namespaceInode === inode && finding.namespace === name;
}

function renderEmpty({ ports, totals, settings }: NamespaceReport): string[] {
  if (totals.lanes > 0) return ['No lane matches; `*>*:*` would match all.'];
  const timeWait = settings.timeWaitSeconds ?? meanTimeWaitSeconds(null);
  const sustained = (seconds: number): string => formatRate(sustainableOpensPerSecond(ports.usable, 0, seconds));
  return [
    'No connection holds an ephemeral port.',
    `One lane, from one source to one destination address and port, could hold ${formatCount(ports.usable)} connections here.`,
    `Where this end closes first, TIME_WAIT holds a slot for about ${formatCount(timeWait)} s more: ${sustained(timeWait)} opens per second can be sustained.`,
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

/** What a spread has counted, on lanes too that hold nothing any more. */
function renderCounted({ counted, lanes }: NamespaceReport, screen: Screen): string[] {
  const [since] = (counted ?? []).map((row) => row.since).sort();
  if (counted === null || since === undefined) return [];
  const { attempts, refusals } = sumCounted(counted);
  const listed = lanes.reduce((sum, lane) => sum + (lane.refusals ?? 0), 0);
  const elsewhere = refusals > listed ? `, ${formatCount(refusals - listed)} of them on lanes that are not listed` : '';
  const refused =
    refusals === 0 ? 'none was refused' : `${formatCount(refusals)} refused for want of a port${elsewhere}`;
  const text = `${plural(attempts, 'connection')} tried over spread lanes since ${formatInstant(since)}: ${refused}.`;
  return [wrap(text, screen.width)];
}

function describeTimeWait(count: number): string {
  return count === 0 ? '' : ` (${formatCount(count)} in TIME_WAIT)`;
}
