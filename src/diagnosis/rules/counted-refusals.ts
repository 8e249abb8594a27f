import { formatInstant } from '../../tcp/instant-text.ts';
import { formatEndpoint } from '../../tcp/lane.ts';
import { formatCount, plural } from '../../tcp/number-text.ts';
import { sumCounted } from '../lane-counts.ts';
import type { CountedLaneReport, LaneReport, NamespaceReport } from '../report.ts';

/** What eBPF has counted of refused connections to one destination, most first. */
export interface CountedRefusals {
  readonly counted: readonly [CountedLaneReport, ...CountedLaneReport[]];
  readonly refusals: number;
  /** Of these, how many in lanes that hold no slot now; null where not all lanes are known. */
  readonly inEmptyLanes: number | null;
  /** The one of them that most were refused on; null where none is listed, or they are counted together. */
  readonly lane: LaneReport | null;
}

/** Refused connections by their destination, those with most first. */
export function countedRefusals({ counted, lanes, lanesOmitted }: NamespaceReport): CountedRefusals[] {
  const byDestination = new Map<string, [CountedLaneReport, ...CountedLaneReport[]]>();
  for (const row of counted ?? []) {
    if (row.refusals === 0) continue;
    const key = formatEndpoint(row.destination, row.port);
    const rows = byDestination.get(key);
    if (rows === undefined) byDestination.set(key, [row]);
    else rows.push(row);
  }
  return [...byDestination.values()]
    .map((rows): CountedRefusals => {
      const own = lanes.filter((lane) => (lane.refusals ?? 0) > 0 && isTo(lane, rows[0]));
      return {
        counted: rows,
        refusals: sumCounted(rows).refusals,
        inEmptyLanes: lanesOmitted > 0 ? null : sumCounted(withoutSlots(rows, lanes)).refusals,
        lane: own.sort((a, b) => (b.refusals ?? 0) - (a.refusals ?? 0))[0] ?? null,
      };
    })
    .sort((a, b) => b.refusals - a.refusals);
}

/** `30 connections to 10.0.1.9:8080 from 4 addresses were refused since 2026-11-20 12:00:00 UTC: no source port was free.` */
export function describeCounted({ counted, refusals }: CountedRefusals): string {
  const [{ destination, port, since }] = counted;
  const was = refusals === 1 ? 'was' : 'were';
  return `${plural(refusals, 'connection')} to ${formatEndpoint(destination, port)}${describeSources(counted)} ${was} refused since ${formatInstant(since)}: no source port was free.`;
}

/** Where in the kernel they were counted, and which lanes a person looks for in vain. */
export function explainCounted({ inEmptyLanes }: CountedRefusals): string {
  const counted =
    'connect() found every port of the range taken and failed with EADDRNOTAVAIL: exactly so often since the spread was attached that counts it, whatever process it was.';
  return inEmptyLanes === null || inEmptyLanes === 0
    ? counted
    : `${counted} ${formatCount(inEmptyLanes)} of them on lanes that hold no slot now.`;
}

/** Nothing where all sources are counted together. */
function describeSources(counted: CountedRefusals['counted']): string {
  const [{ source }] = counted;
  if (counted.some((row) => row.source === null)) return '';
  return counted.length > 1 ? ` from ${plural(counted.length, 'address', 'addresses')}` : ` from ${source}`;
}

function withoutSlots(rows: readonly CountedLaneReport[], lanes: readonly LaneReport[]): CountedLaneReport[] {
  return rows.filter((row) => !lanes.some((lane) => isOf(lane, row)));
}

function isOf(lane: LaneReport, row: CountedLaneReport): boolean {
  // Of several sources together, any lane to there may be the one.
  return isTo(lane, row) && (row.source === null || row.source.includes('/') || row.source === lane.source);
}

function isTo(lane: LaneReport, { destination, port }: CountedLaneReport): boolean {
  return lane.port === port && lane.destination === destination;
}
