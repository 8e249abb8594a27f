import type { FindingReport, LaneReport, NamespaceReport, Report } from '../../diagnosis/report.ts';
import { fullness } from '../text/lane-table.ts';

/** A lane, and where it is. */
export interface Place {
  readonly namespace: NamespaceReport;
  readonly lane: LaneReport;
}

/** What is held against thresholds, each with whose it is. */
export interface Figures {
  /** The fullest lane of those whose utilization is known. */
  readonly fullest: Place | null;
  /** One that may be fuller: it is not known how many of its TIME_WAIT slots can be taken over. */
  readonly perhapsFuller: Place | null;
  /** The lane that runs out first; null where none is known to. */
  readonly soonest: Place | null;
  /** null where nothing counts them. */
  readonly refusals: Refusals | null;
}

export interface Refusals {
  readonly count: number;
  /** Whether they are counted since something was attached, or while it was looked. */
  readonly since: 'attached' | 'look';
  /** The lane with most of them. */
  readonly place: Place | null;
  /** One sentence, where a finding has one. */
  readonly summary: string | null;
}

/** @param traced whether failing connects were counted for the report */
export function figuresOf(report: Report, traced: boolean): Figures {
  const places = placesOf(report);
  const known = places.filter(({ lane }) => lane.utilization !== null);
  const fullest = mostOf(known, ({ lane }) => lane.utilization ?? 0);
  const unknown = mostOf(
    places.filter(({ lane }) => lane.utilization === null),
    ({ lane }) => fullness(lane),
  );
  const isFuller = unknown !== null && fullness(unknown.lane) > (fullest?.lane.utilization ?? -1);
  const ending = places.filter(({ lane }) => lane.secondsToExhaustion !== null);
  return {
    fullest,
    perhapsFuller: isFuller ? unknown : null,
    soonest: mostOf(ending, ({ lane }) => -(lane.secondsToExhaustion ?? 0)),
    refusals: traced ? tracedRefusals(report.findings, places) : countedRefusals(places),
  };
}

/** Every lane that was looked at, the fullest of each namespace first. */
export function placesOf({ namespaces }: Report): Place[] {
  return namespaces.flatMap((namespace) => namespace.lanes.map((lane) => ({ namespace, lane })));
}

/** The first of those with most. */
function mostOf(places: readonly Place[], amountOf: (place: Place) => number): Place | null {
  return places.reduce<Place | null>(
    (most, place) => (most === null || amountOf(place) > amountOf(most) ? place : most),
    null,
  );
}

function tracedRefusals(findings: readonly FindingReport[], places: readonly Place[]): Refusals {
  const refused = findings.filter(({ code }) => code === 'connects-refused');
  const counts = refused.map(({ evidence: { refusals } }) => (typeof refusals === 'number' ? refusals : 0));
  const [most] = refused;
  return {
    count: counts.reduce((sum, count) => sum + count, 0),
    since: 'look',
    place: most === undefined ? null : (places.find((place) => isOf(most, place)) ?? null),
    summary: most?.summary ?? null,
  };
}

function isOf({ namespaceInode, lane: wanted }: FindingReport, { namespace, lane }: Place): boolean {
  return (
    namespaceInode === namespace.inode &&
    wanted?.source === lane.source &&
    wanted.destination === lane.destination &&
    wanted.port === lane.port
  );
}

function countedRefusals(places: readonly Place[]): Refusals | null {
  const counted = places.filter((place) => refusedOf(place) !== null);
  if (counted.length === 0) return null;
  return {
    count: counted.reduce((sum, place) => sum + (refusedOf(place) ?? 0), 0),
    since: 'attached',
    place: mostOf(counted, (place) => refusedOf(place) ?? 0),
    summary: null,
  };
}

/** What a spread counts for the lane; null where none is attached. */
function refusedOf({ lane }: Place): number | null {
  const { refusals = null }: LaneReport & { readonly refusals?: number | null } = lane;
  return refusals;
}
