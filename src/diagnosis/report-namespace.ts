import { listBlockers } from '../census/blockers.ts';
import type { LaneUse } from '../census/lane-use.ts';
import type { NamespaceCensus } from '../census/namespace-census.ts';
import { countOwners, type FoundOwners, type OwnedSockets } from '../census/owners.ts';
import { sumLanes } from '../census/totals.ts';
import type { LanePattern } from '../tcp/lane-pattern.ts';
import { formatPortList } from '../tcp/port-list.ts';
import { rangeSize } from '../tcp/port-range.ts';
import { findLaneOwners } from './lane-owners.ts';
import type { LaneReport, NamespaceReport, PortsReport, ProcessReport } from './report.ts';

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
  const reported = lanes.map((lane) =>
    reportLane(lane, (byLane.get(lane.index) ?? []).map(process), options.units.ofCgroup(lane.cgroupId)),
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
    },
    lanes: reported,
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
  processes: readonly ProcessReport[],
  unit: string | null,
): LaneReport {
  return {
    ...lane,
    utilization: rounded(lane.utilization, 6),
    opensPerSecond: rounded(lane.opensPerSecond, 3),
    secondsToCliff: null,
    secondsToExhaustion: null,
    settlesAt: null,
    processes,
    unit,
  };
}

function rounded(value: number | null, digits: number): number | null {
  return value === null ? null : Number(value.toFixed(digits));
}
