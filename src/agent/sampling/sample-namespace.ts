import type { Census } from '../../census/census.ts';
import type { NamespaceCensus } from '../../census/namespace-census.ts';
import type { ObservedRates } from '../../census/observed-rates.ts';
import type { CountedLaneReport, LaneReport, NamespaceReport, ProcessReport } from '../../diagnosis/report.ts';
import { reportNamespace } from '../../diagnosis/report-namespace.ts';
import { TcpState } from '../../tcp/state.ts';
import type { NamespaceSample, OtherLanes } from '../sample.ts';
import { type LaneTallies, laneKey } from './lane-tallies.ts';

/** What of a lane takes longer to find out than a sample may: as it was found last. */
export interface LaneOwnership {
  readonly processes: readonly ProcessReport[];
  readonly timeWaitProcesses: readonly ProcessReport[];
  readonly unit: string | null;
}

export interface SampleNamespaceOptions {
  readonly identity: Pick<NamespaceReport, 'inode' | 'name' | 'holder'>;
  readonly takenAt: string;
  readonly lanes: number;
  readonly timeWaitSeconds: number;
  readonly counted: readonly CountedLaneReport[] | null;
  readonly tallies: LaneTallies;
  /** What was seen of closes lately, by the key of the lane; null where nothing was. */
  observed(key: string): ObservedRates | null;
  /** By the key of the lane; null where nobody has looked yet. */
  ownership(key: string): LaneOwnership | null;
}

const NOBODY: LaneOwnership = { processes: [], timeWaitProcesses: [], unit: null };
const NO_OWNERS = { of: () => [], stopped: null, refused: null };

/** Makes the sample of a namespace from its census: nothing that is not in the census is looked at. */
export function sampleNamespace(taken: NamespaceCensus, options: SampleNamespaceOptions): NamespaceSample {
  const { census } = taken;
  const report = reportNamespace(options.identity, taken, {
    top: options.lanes,
    findOwners: () => NO_OWNERS,
    units: { ofProcess: () => null, ofCgroup: () => null },
    timeWaitSeconds: options.timeWaitSeconds,
    counted: options.counted,
    observed: (lane) => (isToldByTimeWait(census, lane) ? null : options.observed(laneKey(census.lane(lane)))),
  });
  return {
    ...report,
    takenAt: options.takenAt,
    lanes: report.lanes.map((lane) => {
      const key = laneKey(lane);
      const { processes, timeWaitProcesses, unit } = options.ownership(key) ?? NOBODY;
      return { ...lane, ...options.tallies.of(key), processes, timeWaitProcesses, unit };
    }),
    other: otherLanes(taken, report.lanes, options.tallies),
  };
}

/** Where TIME_WAIT tells how often a lane is opened, it does so at once, and of up to a minute. */
export function isToldByTimeWait(census: Census, lane: number): boolean {
  return census.columns.inState(lane, TcpState.TIME_WAIT) > 0 && census.opensPerSecond(lane) !== null;
}

function otherLanes({ census }: NamespaceCensus, listed: readonly LaneReport[], tallies: LaneTallies): OtherLanes {
  const others = census.laneCount - listed.length;
  const nothing = { lanes: 0, slots: 0, used: 0, live: 0, timeWait: 0, reclaimable: 0 };
  if (others <= 0) return { ...nothing, ...tallies.other };
  const sums = { ...nothing };
  let reclaimable: number | null = 0;
  for (let lane = 0; lane < census.laneCount; lane += 1) {
    sums.slots += census.slots(lane);
    sums.used += census.used(lane);
    sums.live += census.columns.live[lane] as number;
    sums.timeWait += census.columns.inState(lane, TcpState.TIME_WAIT);
    const own = census.reclaimable(lane);
    reclaimable = reclaimable === null || own === null ? null : reclaimable + own;
  }
  for (const lane of listed) {
    sums.slots -= lane.slots;
    sums.used -= lane.used;
    sums.live -= lane.live;
    sums.timeWait -= lane.states.TIME_WAIT ?? 0;
    if (reclaimable !== null) reclaimable -= lane.reclaimable ?? 0;
  }
  return { ...sums, lanes: others, reclaimable, ...tallies.other };
}
