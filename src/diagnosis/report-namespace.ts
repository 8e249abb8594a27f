import { listBlockers } from '../census/blockers.ts';
import type { LaneUse } from '../census/lane-use.ts';
import type { NamespaceCensus } from '../census/namespace-census.ts';
import type { ObservedRates } from '../census/observed-rates.ts';
import { countOwners, type FoundOwners, type OwnedSockets } from '../census/owners.ts';
import { sumLanes } from '../census/totals.ts';
import type { LanePattern } from '../tcp/lane-pattern.ts';
import type { NetworkQuality } from '../tcp/network-quality.ts';
import { formatPortList } from '../tcp/port-list.ts';
import { rangeSize } from '../tcp/port-range.ts';
import { LaneCounts, reportCounted } from './lane-counts.ts';
import { forecastLanes, type LaneOutlook } from './lane-forecast.ts';
import { findLaneOwners } from './lane-owners.ts';
import type { CountedLaneReport, LaneReport, NamespaceReport, PortsReport, ProcessReport } from './report.ts';

/** What decides how much of a census is reported. */
export interface NamespaceReportOptions {
  /** At most so many lanes, the fullest; Infinity for all. */
  readonly top: number;
  /** Only lanes that match. */
  readonly pattern?: LanePattern | undefined;
  /** Finds who holds sockets, of the lanes reported only. */
  findOwners(inodes: Iterable<number>): FoundOwners;
  /** Names the systemd unit, container or pod of processes and cgroups. */
  readonly units: UnitNames;
  /** How long a slot is held in TIME_WAIT on average. */
  readonly timeWaitSeconds: number;
  /** Asks the live connections of lanes, by their number, what the network is like; left out where there are none to ask. */
  measureNetwork?(lanes: readonly number[]): ReadonlyMap<number, NetworkQuality>;
  /** What a watch saw a lane do, by its number; null where it saw nothing of it. Left out where none was kept. */
  observed?(lane: number): ObservedRates | null;
  /** What spreads count of lanes, those too that no connection was tried on; null or left out where nothing counts. */
  readonly counted?: readonly CountedLaneReport[] | null | undefined;
}

export interface UnitNames {
  /** null where it is in none, or none is known. */
  ofProcess(pid: number): string | null;
  /** @param id of a version-2 cgroup, 0 where not known */
  ofCgroup(id: number): string | null;
}

/** @param identity which namespace it is, as the report tells it */
export function reportNamespace(
  identity: Pick<NamespaceReport, 'inode' | 'name' | 'holder'>,
  taken: NamespaceCensus,
  options: NamespaceReportOptions,
): NamespaceReport {
  const { census, settings } = taken;
  const lanes = census.fullest(options.top, options.pattern);
  const blockers = listBlockers(census);
  const blocking = blockers.flatMap(({ inodes }) => inodes);
  const { found, byLane } = findLaneOwners(taken, lanes, blocking, (inodes) => options.findOwners(inodes));
  const process = (owned: OwnedSockets): ProcessReport => ({ ...owned, unit: options.units.ofProcess(owned.pid) });
  const networks = options.measureNetwork?.(lanes.map(({ index }) => index));
  const outlooks = forecastLanes(census, lanes, options);
  const { counted = null, pattern } = options;
  const counts = new LaneCounts(census, counted ?? []);
  const reported = lanes.map((lane) =>
    reportLane(lane, outlooks.get(lane.index) as LaneOutlook, {
      processes: (byLane.get(lane.index) ?? []).map(process),
      unit: options.units.ofCgroup(lane.cgroupId),
      network: networks?.get(lane.index) ?? null,
      ...counts.of(lane),
    }),
  );
  return {
    ...identity,
    source: taken.source,
    ports: {
      low: census.pool.range.low,
      high: census.pool.range.high,
      ...portCounts(taken),
      blockers: blockers.map(({ kind, address, ports, inodes }) => ({
        kind,
        address,
        ports: formatPortList(ports),
        count: ports.length,
        processes: countOwners(inodes, found).map(process),
      })),
    },
    settings: {
      tcpTwReuse: settings.tcpTwReuse,
      tcpTwReuseDelaySeconds: settings.tcpTwReuseDelaySeconds,
      tcpTimestamps: settings.tcpTimestamps,
      tcpMaxTwBuckets: settings.tcpMaxTwBuckets,
      tcpFinTimeoutSeconds: settings.tcpFinTimeoutSeconds,
      timeWaitSeconds: rounded(options.timeWaitSeconds, 3),
    },
    lanes: reported,
    counted: counted === null ? null : reportCounted(counted, pattern),
    lanesOmitted: census.countMatching(options.pattern) - lanes.length,
    totals: sumLanes(census, taken.counts),
    notes: [...taken.notes, ...ownerNotes(found, reported)],
  };
}

/** A process that may not be looked into matters only where a lane's live sockets have no owner. */
function ownerNotes(owners: FoundOwners, lanes: readonly LaneReport[]): string[] {
  const ownerless = lanes.some(({ live, processes }) => live > 0 && processes.length === 0);
  return [owners.stopped, ownerless ? owners.refused : null].filter((note) => note !== null);
}

function portCounts({ census }: NamespaceCensus): Pick<PortsReport, 'size' | 'reserved' | 'blocked' | 'usable'> {
  const { range, reserved, blocked } = census.pool;
  return {
    size: rangeSize(range),
    reserved: reserved.countWithin(range),
    blocked: blocked.size,
    usable: census.usable,
  };
}

function reportLane(
  { index: _, cgroupId: __, ...lane }: LaneUse,
  { rates, ...outlook }: LaneOutlook,
  known: Pick<LaneReport, 'processes' | 'unit' | 'network' | 'attempts' | 'refusals'>,
): LaneReport {
  return {
    ...lane,
    utilization: rounded(lane.utilization, 6),
    opensPerSecond: rounded(outlook.opensPerSecond, 3),
    rates: {
      second: rounded(rates.second, 3),
      tenSeconds: rounded(rates.tenSeconds, 3),
      minute: rounded(rates.minute, 3),
    },
    reuse: outlook.reuse,
    holdSeconds: rounded(outlook.holdSeconds, 6),
    cliffAt: outlook.cliffAt,
    secondsToCliff: rounded(outlook.secondsToCliff, 3),
    secondsToExhaustion: rounded(outlook.secondsToExhaustion, 3),
    settlesAt: rounded(outlook.settlesAt, 6),
    ...known,
  };
}

function rounded(value: number | null, digits: number): number | null {
  return value === null ? null : Number(value.toFixed(digits));
}
