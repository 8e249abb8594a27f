import type { NamespaceReport, Report } from '../../diagnosis/report.ts';
import { formatCount, formatRate, formatSeconds, plural } from '../../tcp/number-text.ts';
import { fullness } from '../text/lane-table.ts';
import { describeFullness, describeNamespace, describePlace } from './alarm-text.ts';
import { type AlertRange, formatAlertRange } from './alert-range.ts';
import { type Figures, placesOf } from './figures.ts';
import type { Threshold, Thresholds, Verdict } from './judge.ts';
import { plainText } from './plain-text.ts';

/** All that is known once it was looked. */
export interface Looked {
  readonly report: Report;
  readonly figures: Figures;
  readonly thresholds: Thresholds;
  readonly verdict: Verdict;
  /** Whether some lanes only were to be looked at. */
  readonly isNarrowed: boolean;
}

const LANES_LISTED = 5;
const FINDINGS_LISTED = 20;

/**
 * The lines after the first.
 *
 * @param level 1 has the fullest lanes, 2 also all alarms and findings, 3 also what was looked at and the thresholds
 */
export function checkDetails(looked: Looked, level: number): string[] {
  return [
    ...(level >= 1 ? laneLines(looked.report) : []),
    ...(level >= 2 ? findingLines(looked.report) : []),
    ...(level >= 3 ? [...namespaceLines(looked.report), ...thresholdLines(looked.thresholds)] : []),
  ].map(plainText);
}

function laneLines(report: Report): string[] {
  const places = placesOf(report).sort((a, b) => fullness(b.lane) - fullness(a.lane));
  return places.slice(0, LANES_LISTED).map((place) => {
    const { opensPerSecond } = place.lane;
    const rate = opensPerSecond === null ? '' : `, ${formatRate(opensPerSecond)} opened per second`;
    return `lane ${describePlace(place)} is ${describeFullness(place.lane)}${rate}`;
  });
}

function findingLines({ findings }: Report): string[] {
  const told = findings.slice(0, FINDINGS_LISTED).map(({ code, severity, namespace, namespaceInode, summary }) => {
    return `${severity} ${code} in namespace ${namespace ?? namespaceInode}: ${summary}`;
  });
  const more = findings.length - told.length;
  return more === 0 ? told : [...told, `and ${plural(more, 'more finding')}`];
}

function namespaceLines({ namespaces, durationSeconds }: Report): string[] {
  return [
    `looked at ${plural(namespaces.length, 'namespace')} in ${formatSeconds(durationSeconds)}`,
    ...namespaces.flatMap((namespace) => [describeLook(namespace), ...namespace.notes.map((note) => `note: ${note}`)]),
  ];
}

function describeLook(namespace: NamespaceReport): string {
  const { ports, totals, source } = namespace;
  const { low, high, usable } = ports;
  return `${describeNamespace(namespace)}: ports ${low}-${high}, ${formatCount(usable)} usable; ${plural(totals.lanes, 'lane')}, ${formatCount(totals.used)} slots used, by ${source}`;
}

function thresholdLines({ utilization, seconds, refusals }: Thresholds): string[] {
  return [
    `utilization in percent: ${describeThreshold(utilization)}`,
    `seconds to exhaustion: ${describeThreshold(seconds)}`,
    `refusals: ${describeThreshold(refusals)}`,
  ];
}

function describeThreshold({ warning, critical }: Threshold): string {
  return `warning ${describeRange(warning)}, critical ${describeRange(critical)}`;
}

function describeRange(range: AlertRange | null): string {
  return range === null ? 'never' : formatAlertRange(range);
}
