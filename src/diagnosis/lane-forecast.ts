import type { Census } from '../census/census.ts';
import type { LaneUse } from '../census/lane-use.ts';
import type { ObservedRates } from '../census/observed-rates.ts';
import { opensFromCurve } from '../census/opens-rate.ts';
import { releaseCurves, reuseCurve } from '../census/release-curve.ts';
import { forecast, type LaneLoad } from '../tcp/forecast.ts';
import { TcpState } from '../tcp/state.ts';
import { LINUX_TIME_WAIT_MS } from '../tcp/time-wait.ts';
import { balanced, type LaneFlow, openingOnly, sumFlows } from './lane-flow.ts';
import { poolMembers } from './pool-members.ts';
import type { LaneReport } from './report.ts';

/** How often a lane is opened, and what is to become of it. */
export type LaneOutlook = Pick<
  LaneReport,
  | 'opensPerSecond'
  | 'rates'
  | 'reuse'
  | 'holdSeconds'
  | 'cliffAt'
  | 'secondsToCliff'
  | 'secondsToExhaustion'
  | 'settlesAt'
>;

export interface ForecastOptions {
  /** How long a slot is held in TIME_WAIT on average. */
  readonly timeWaitSeconds: number;
  /** What a watch saw a lane do, by its number; null where it saw nothing of it. */
  observed?(lane: number): ObservedRates | null;
}

type Curves = ReadonlyMap<number, Uint16Array | null>;

/** Forecasts some lanes of a census. @returns by the number of the lane */
export function forecastLanes(
  census: Census,
  lanes: readonly LaneUse[],
  options: ForecastOptions,
): ReadonlyMap<number, LaneOutlook> {
  const pools = poolMembers(census, lanes);
  const members = lanes.flatMap(({ index }) => pools.get(index) ?? [index]);
  const wanted = new Set(members.filter((lane) => census.columns.inState(lane, TcpState.TIME_WAIT) > 0));
  const curves: Curves = releaseCurves(census.scan, wanted);
  const flowOf = (lane: number): LaneFlow | null => laneFlow(census, lane, curves.get(lane), options);
  return new Map(
    lanes.map((lane) => [
      lane.index,
      outlook(census, lane, pools.get(lane.index) ?? null, { curves, flowOf, options }),
    ]),
  );
}

interface Known {
  readonly curves: Curves;
  readonly flowOf: (lane: number) => LaneFlow | null;
  readonly options: ForecastOptions;
}

function outlook(census: Census, lane: LaneUse, pool: readonly number[] | null, known: Known): LaneOutlook {
  const { index, slots, free, live } = lane;
  const own = known.flowOf(index);
  const cliff = census.cliff(index);
  const told = {
    opensPerSecond: own === null ? null : own.opens,
    rates: census.rates(index),
    reuse: census.reuse(index),
    holdSeconds: own === null ? null : holdSeconds(live, own),
    cliffAt: cliff?.at ?? null,
  };
  const facts = {
    secondsToCliff: cliff?.ahead === 0 ? 0 : null,
    secondsToExhaustion: free === 0 ? 0 : null,
    settlesAt: null,
  };
  const flow = pool === null ? own : sumFlows(pool.map(known.flowOf));
  const load = flow === null ? null : loadOf(census, lane, pool ?? [index], flow, known);
  if (load === null) return { ...told, ...facts };
  const found = forecast({ ...load, cliffAt: cliff === null || cliff.ahead === null ? null : load.held + cliff.ahead });
  if (pool === null || own === null || found.settlesAt === null) return { ...told, ...found };
  const held = live + own.heldAfterClose * load.afterCloseSeconds;
  return { ...told, ...found, settlesAt: held / (held + slots * (1 - found.settlesAt)) };
}

/** What the forecast needs; null where something of it is not known. */
function loadOf(
  census: Census,
  { index, slots, free }: LaneUse,
  members: readonly number[],
  flow: LaneFlow,
  { curves, options }: Known,
): LaneLoad | null {
  const reuse = census.reuse(index);
  const own = members.map((member) => curves.get(member));
  if (free === null || own.includes(null) || (reuse === null && flow.heldAfterClose > 0)) return null;
  const delay = census.reuseDelaySeconds;
  const curve = sumCurves(own);
  const { columns } = census;
  return {
    slots,
    held: slots - free,
    cliffAt: null,
    opensPerSecond: flow.opens,
    freedAtOncePerSecond: flow.freedAtOnce,
    heldAfterClosePerSecond: flow.heldAfterClose,
    ...(reuse === true
      ? {
          afterCloseSeconds: delay,
          releases: reuseCurve(curve, delay, sum(curve) - (columns.pastReuseDelay[index] as number)),
          granuleSeconds: 0,
        }
      : {
          afterCloseSeconds: options.timeWaitSeconds,
          releases: curve,
          granuleSeconds: Math.max(0, 2 * (options.timeWaitSeconds - LINUX_TIME_WAIT_MS / 1_000)),
        }),
  };
}

function laneFlow(
  census: Census,
  lane: number,
  curve: Uint16Array | null | undefined,
  options: ForecastOptions,
): LaneFlow | null {
  const observed = options.observed?.(lane) ?? null;
  if (observed !== null) return balanced(observed);
  const isWhole = curve !== null && curve !== undefined && census.reuse(lane) === false;
  const opens = isWhole
    ? opensFromCurve(curve, census.columns.oldestTimeWaitMs[lane] as number)
    : census.opensPerSecond(lane);
  return opens === null ? null : openingOnly(opens);
}

/** By Little's law, of what opens or, where the lane grows, of what closes. null where none does. */
function holdSeconds(live: number, flow: LaneFlow): number | null {
  const closes = flow.freedAtOnce + flow.heldAfterClose;
  return closes === 0 ? null : live / closes;
}

function sumCurves(curves: readonly (Uint16Array | null | undefined)[]): Float64Array {
  const total = new Float64Array(Math.max(0, ...curves.map((curve) => curve?.length ?? 0)));
  for (const curve of curves) {
    for (const [second, count] of curve?.entries() ?? []) total[second] = (total[second] as number) + count;
  }
  return total;
}

function sum(counts: Float64Array): number {
  return counts.reduce((total, count) => total + count, 0);
}
