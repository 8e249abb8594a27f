import type { Report } from '../../diagnosis/report.ts';
import type { Figures } from './figures.ts';
import type { Thresholds } from './judge.ts';
import type { Perfdatum } from './perfdata.ts';

/** The figures for graphs, always the same ones: those of a lane are of the fullest, and 0 where there is none. */
export function perfdataOf(figures: Figures, thresholds: Thresholds, report: Report): Perfdatum[] {
  const { soonest, refusals } = figures;
  const lane = (figures.fullest ?? figures.perhapsFuller)?.lane ?? unusedLane(report);
  const { utilization, slots, used, free, states, opensPerSecond } = lane;
  return [
    {
      ...{ label: 'utilization', value: utilization === null ? null : 100 * utilization, unit: '%', min: 0, max: 100 },
      ...thresholds.utilization,
    },
    { label: 'used', value: used, min: 0, max: slots },
    { label: 'slots', value: slots, min: 0 },
    { label: 'free', value: free, min: 0, max: slots },
    { label: 'time_wait', value: states.TIME_WAIT ?? 0, min: 0, max: slots },
    { label: 'opens_per_second', value: opensPerSecond, min: 0 },
    {
      ...{ label: 'to_exhaustion', value: soonest?.lane.secondsToExhaustion ?? null, unit: 's', min: 0 },
      ...thresholds.seconds,
    },
    {
      ...{ label: 'refusals', value: refusals?.count ?? null, min: 0, ...thresholds.refusals },
      // What is counted while it is looked begins at 0 each time.
      ...(refusals?.since === 'attached' ? { unit: 'c' } : {}),
    },
  ];
}

/** What a lane would have, where there is none: known where one namespace is looked at. */
function unusedLane({ namespaces }: Report): {
  readonly utilization: number;
  readonly slots: number | null;
  readonly used: number;
  readonly free: number | null;
  readonly states: { readonly TIME_WAIT?: number };
  readonly opensPerSecond: number;
} {
  const slots = namespaces.length === 1 ? (namespaces[0]?.ports.usable ?? null) : null;
  return { utilization: 0, slots, used: 0, free: slots, states: {}, opensPerSecond: 0 };
}
