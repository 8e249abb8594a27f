import { groupFindings, onePerKey, type Problem } from '../../diagnosis/problems.ts';
import type { FindingReport, LaneReport, NamespaceReport, RemedyReport, Report } from '../../diagnosis/report.ts';
import { formatLane } from '../../tcp/lane.ts';
import { judgeNetwork } from '../../tcp/network-quality.ts';
import { formatCount, formatShare, plural } from '../../tcp/number-text.ts';
import { toAscii } from './ascii.ts';
import { fullness } from './lane-table.ts';
import { renderRemedy, renderTitle } from './remedy-text.ts';
import { renderHead, renderNote } from './report-head.ts';
import type { Screen } from './screen.ts';
import { severityLine } from './severity.ts';
import { style } from './style.ts';
import { wrap } from './wrap.ts';

/** So many problems are explained, and so many remedies of each told in full; the rest in one line each. */
const PROBLEMS_EXPLAINED = 5;
const REMEDIES_IN_FULL = 2;
const PROBLEMS_NAMED = 20;

/** How much is written. */
export interface DoctorTextOptions {
  /** Every problem and every remedy in full. */
  readonly full: boolean;
}

/** Findings as a person reads them in an incident: what is wrong, why, and what to do first. */
export function renderDiagnosis(report: Report, screen: Screen, { full }: DoctorTextOptions): string {
  const problems = groupFindings(report.findings);
  const explained = full ? problems : onePerKey(problems, kindOf).slice(0, PROBLEMS_EXPLAINED);
  const named = problems.filter((problem) => !explained.includes(problem));
  const blocks = [
    renderHead(report, screen, 'examined'),
    ...explained.map((problem) => renderProblem(problem, report, screen, full)),
    ...(named.length === 0 ? [] : [renderNamed(named, screen)]),
    ...(problems.length === 0 ? report.namespaces.map((namespace) => renderHealthy(namespace, screen)) : []),
    ...renderNotes(report, screen),
  ];
  const text = `${blocks.join('\n\n')}\n`;
  return screen.unicode ? text : toAscii(text);
}

/** Who has read of one with the same cause and cure knows it for all. */
function kindOf({ main, remedies: [first] }: Problem): string {
  return `${main.code} ${first?.id} ${first?.safe}`;
}

function renderProblem(
  { main, others, remedies, unhelpful }: Problem,
  report: Report,
  screen: Screen,
  full: boolean,
): string {
  const inFull = full ? remedies.length : REMEDIES_IN_FULL;
  const lines = [
    severityLine(screen, main.severity, place(main, report) + main.summary),
    wrap(`  Why: ${main.explanation}`, screen.width, '    '),
    ...others.map((finding) => wrap(`  ${alsoOf(finding)}: ${withoutLane(finding)}`, screen.width, '    ')),
    ...renderNetwork(laneOf(main, report), remedies.slice(0, inFull), screen),
  ];
  if (remedies.length > 0) {
    lines.push('', style(screen, 'bold', '  What helps, the best first:'));
    for (const [index, remedy] of remedies.entries()) {
      if (index < inFull && remedy.possible) lines.push(...renderRemedy(remedy, index + 1, screen, full));
      else lines.push(renderTitle(remedy, index + 1, screen));
    }
  }
  lines.push(...renderUnhelpful(unhelpful, screen, full));
  return lines.join('\n');
}

function renderUnhelpful(unhelpful: Problem['unhelpful'], screen: Screen, full: boolean): string[] {
  if (unhelpful.length === 0) return [];
  if (full) {
    return [
      '',
      style(screen, 'bold', '  What does not help:'),
      ...unhelpful.map(({ what, why }) => wrap(`   - ${what}: ${why}`, screen.width, '     ')),
    ];
  }
  const advice = unhelpful.map(({ what }) => what).join(', ');
  return ['', wrap(`  What does not help: ${advice} (--full says why).`, screen.width, '    ')];
}

function alsoOf({ severity }: FindingReport): string {
  return severity === 'info' ? 'Note' : 'Also';
}

/** The lane has been named in the line before. */
function withoutLane({ lane, summary }: FindingReport): string {
  const name = lane === null ? '' : formatLane(lane);
  if (name === '' || !summary.startsWith(`${name} `)) return summary;
  return `it ${summary.slice(name.length + 1).replace(/^\([^)]*\) /, '')}`;
}

/** `in web: `, where several namespaces are reported, or it is not the host's. */
function place({ namespace, namespaceInode }: FindingReport, { namespaces }: Report): string {
  if (namespaces.length === 1 && (namespace === null || namespace === 'host')) return '';
  return `in ${namespace ?? `namespace ${namespaceInode}`}: `;
}

function laneOf({ namespaceInode, lane }: FindingReport, report: Report): LaneReport | undefined {
  if (lane === null) return undefined;
  return report.namespaces
    .find(({ inode }) => inode === namespaceInode)
    ?.lanes.find(({ source, destination, port }) => {
      return source === lane.source && destination === lane.destination && port === lane.port;
    });
}

/** What the network is like, unless a remedy says so. */
function renderNetwork(lane: LaneReport | undefined, told: readonly RemedyReport[], screen: Screen): string[] {
  const network = lane?.network;
  if (network === null || network === undefined) return [];
  const { reason } = judgeNetwork(network);
  if (told.some((remedy) => remedy.reason.includes(reason))) return [];
  return [wrap(`  Network: ${reason}.`, screen.width, '    ')];
}

function renderNamed(problems: readonly Problem[], screen: Screen): string {
  const lines = problems
    .slice(0, PROBLEMS_NAMED)
    .map(({ main }) => severityLine(screen, main.severity, main.summary, '  '));
  const rest = problems.length - PROBLEMS_NAMED;
  return [
    style(
      screen,
      'bold',
      `${plural(problems.length, 'more problem')}, most of a kind that is explained above (--full explains each):`,
    ),
    ...lines,
    ...(rest > 0 ? [`  and ${formatCount(rest)} more (--json has all)`] : []),
  ].join('\n');
}

function renderHealthy({ name, lanes, ports }: NamespaceReport, screen: Screen): string {
  const [fullest] = lanes;
  const where = name === null || name === 'host' ? '' : ` in ${name}`;
  const state =
    fullest === undefined
      ? `no connection holds an ephemeral port, and each lane would have ${formatCount(ports.usable)}`
      : `the fullest lane, ${formatLane(fullest)}, is ${formatShare(fullness(fullest))} full with ${formatCount(fullest.used)} of ${formatCount(fullest.slots)} slots used`;
  return wrap(`${style(screen, 'green', 'OK')} Nothing is wrong${where}: ${state}.`, screen.width);
}

function renderNotes({ namespaces }: Report, screen: Screen): string[] {
  const notes = [...new Set(namespaces.flatMap((namespace) => namespace.notes))];
  return notes.length === 0 ? [] : [notes.map((note) => renderNote(note, screen)).join('\n')];
}
