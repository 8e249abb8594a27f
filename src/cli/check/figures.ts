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

/** How the report was taken. */
export interface Look {
  /** Failing connects were counted meanwhile. */
  readonly isTraced: boolean;
  /** Some lanes only are in it. */
  readonly isNarrowed: boolean;
}

export function figuresOf(report: Report, look: Look): Figures {
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
    refusals: look.isTraced ? tracedRefusals(report.findings, places, look) : countedRefusals(report, places),
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

/** A trace is of all lanes: of those that are not meant, the finding has none. */
function tracedRefusals(findings: readonly FindingReport[], places: readonly Place[], { isNarrowed }: Look): Refusals {
  const refused = findings.filter((finding) => isTraced(finding) && !(isNarrowed && finding.lane === null));
  const counts = refused.map(({ evidence: { refusals } }) => (typeof refusals === 'number' ? refusals : 0));
  const [most] = refused;
  return {
    count: counts.reduce((sum, count) => sum + count, 0),
    since: 'look',
    place: most === undefined ? null : (places.find((place) => isOf(most, place)) ?? null),
    summary: most?.summary ?? null,
  };
}

/** A trace tells whose they were; what a spread has counted is of nobody. */
function isTraced({ code, evidence }: FindingReport): boolean {
  return code === 'connects-refused' && evidence.processes !== undefined;
}

function isOf({ namespaceInode, lane: wanted }: FindingReport, { namespace, lane }: Place): boolean {
  return (
    namespaceInode === namespace.inode &&
    wanted?.source === lane.source &&
    wanted.destination === lane.destination &&
    wanted.port === lane.port
  );
}

function countedRefusals({ namespaces, findings }: Report, places: readonly Place[]): Refusals | null {
  const counts = namespaces.map(countedIn).filter((count) => count !== null);
  if (counts.length === 0) return null;
  const told = findings.find((finding) => finding.code === 'connects-refused' && !isTraced(finding));
  return {
    count: counts.reduce((sum, count) => sum + count, 0),
    since: 'attached',
    place: mostOf(
      places.filter((place) => refusedOf(place.lane) !== null),
      (place) => refusedOf(place.lane) ?? 0,
    ),
    summary: told?.summary ?? null,
  };
}

/** What spreads count, of lanes that hold no slot now too; null where none is attached. */
function countedIn(namespace: NamespaceReport): number | null {
  const { counted = null }: NamespaceReport & Counts = namespace;
  const counts = (counted ?? namespace.lanes).map(refusedOf).filter((count) => count !== null);
  return counted === null && counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0);
}

/** Reports have these where something counts them. */
interface Counts {
  readonly counted?: readonly Counted[] | null;
}

interface Counted {
  readonly port?: number;
  readonly refusals?: number | null;
}

function refusedOf({ refusals = null }: Counted): number | null {
  return refusals;
}
