import { parseAddress, withoutZone } from '../tcp/address.ts';
import { type LanePattern, matchesLane } from '../tcp/lane-pattern.ts';
import { reportCounted } from './lane-counts.ts';
import type { LaneReport, NamespaceReport, Report } from './report.ts';

/**
 * Leaves the fullest lanes of each namespace, of those that match.
 *
 * @param top at most so many; Infinity for all
 */
export function narrowReport(report: Report, top: number, pattern: LanePattern | undefined): Report {
  return { ...report, namespaces: report.namespaces.map((namespace) => narrowNamespace(namespace, top, pattern)) };
}

/** Like {@link narrowReport}, of one namespace. */
export function narrowNamespace(
  namespace: NamespaceReport,
  top: number,
  pattern: LanePattern | undefined,
): NamespaceReport {
  const matching = pattern === undefined ? namespace.lanes : namespace.lanes.filter((lane) => isNamedBy(pattern, lane));
  const lanes = matching.slice(0, top);
  const lanesOmitted = namespace.lanesOmitted + matching.length - lanes.length;
  const counted = pattern === undefined ? namespace.counted : narrowCounted(namespace.counted, pattern);
  return { ...namespace, lanes, counted, lanesOmitted };
}

function narrowCounted(counted: NamespaceReport['counted'], pattern: LanePattern): NamespaceReport['counted'] {
  return counted === null ? null : reportCounted(counted, pattern);
}

/** Whether a lane is one of those that a pattern names. */
export function isNamedBy(
  pattern: LanePattern,
  { source, destination, port }: Pick<LaneReport, 'source' | 'destination' | 'port'>,
): boolean {
  return matchesLane(pattern, parseZoned(source), parseZoned(destination), port);
}

function parseZoned(address: string): ReturnType<typeof parseAddress> {
  return parseAddress(withoutZone(address));
}
