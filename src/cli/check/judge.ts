import { fullness } from '../text/lane-table.ts';
import { type AlertRange, alerts } from './alert-range.ts';
import type { Figures, Place } from './figures.ts';
import { type State, weightOf, worstOf } from './state.ts';

/** null never alerts. */
export interface Threshold {
  readonly warning: AlertRange | null;
  readonly critical: AlertRange | null;
}

export interface Thresholds {
  /** Of the utilization of the fullest lane, in percent. */
  readonly utilization: Threshold;
  /** Of the time until the first lane is exhausted, in seconds. */
  readonly seconds: Threshold;
  /** Of connects that found no port. */
  readonly refusals: Threshold;
}

/** What alerts, or cannot be told. */
export type Alarm = { readonly state: Exclude<State, 'OK'> } & (
  | { readonly measure: 'utilization' | 'seconds' | 'perhaps-fuller'; readonly place: Place }
  | { readonly measure: 'refusals'; readonly place: Place | null }
  | { readonly measure: 'unread'; readonly place: null; readonly reason: string }
);

export interface Verdict {
  readonly state: State;
  /** The worst first. */
  readonly alarms: readonly Alarm[];
}

/** @param unread why something that was to be looked at could not be: one sentence each */
export function judge(figures: Figures, thresholds: Thresholds, unread: readonly string[]): Verdict {
  const { fullest, perhapsFuller, soonest, refusals } = figures;
  const alarms: Alarm[] = [];
  if (fullest !== null) {
    const state = stateOf(100 * (fullest.lane.utilization ?? 0), thresholds.utilization);
    if (state !== 'OK') alarms.push({ state, measure: 'utilization', place: fullest });
  }
  if (soonest !== null) {
    const state = stateOf(soonest.lane.secondsToExhaustion ?? 0, thresholds.seconds);
    if (state !== 'OK') alarms.push({ state, measure: 'seconds', place: soonest });
  }
  if (refusals !== null) {
    const state = stateOf(refusals.count, thresholds.refusals);
    if (state !== 'OK') alarms.push({ state, measure: 'refusals', place: refusals.place });
  }
  if (perhapsFuller !== null && stateOf(100 * fullness(perhapsFuller.lane), thresholds.utilization) !== 'OK') {
    alarms.push({ state: 'UNKNOWN', measure: 'perhaps-fuller', place: perhapsFuller });
  }
  alarms.push(...unread.map((reason): Alarm => ({ state: 'UNKNOWN', measure: 'unread', place: null, reason })));
  alarms.sort((a, b) => weightOf(b.state) - weightOf(a.state));
  return { state: worstOf(alarms.map(({ state }) => state)), alarms };
}

/** How bad a value is. */
export function stateOf(value: number, { warning, critical }: Threshold): 'OK' | 'WARNING' | 'CRITICAL' {
  if (critical !== null && alerts(critical, value)) return 'CRITICAL';
  return warning !== null && alerts(warning, value) ? 'WARNING' : 'OK';
}
