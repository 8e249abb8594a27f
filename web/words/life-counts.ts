import type { LaneJson, NamespaceJson } from '../agent/json.ts';
import type { LifeCounts } from './life.ts';

/** What one lane shows of its connections, or several together. */
export function sumLife(lanes: readonly { readonly lane: LaneJson; readonly namespace: NamespaceJson }[]): LifeCounts {
  const states: Record<string, number> = {};
  for (const { lane } of lanes) {
    for (const [state, count] of Object.entries(lane.states)) states[state] = (states[state] ?? 0) + count;
  }
  const sum = (figure: (lane: LaneJson) => number): number =>
    lanes.reduce((total, { lane }) => total + figure(lane), 0);
  const sumKnown = (figure: (lane: LaneJson) => number | null): number | null =>
    lanes.every(({ lane }) => figure(lane) !== null) ? sum((lane) => figure(lane) as number) : null;
  // Lanes of a shared pool hold their slots together: summed, each would count several times.
  const isShared = lanes.length > 1 && lanes.some(({ lane }) => lane.pool === 'source');
  return {
    slots: sum(({ slots }) => slots),
    used: sum(({ used }) => used),
    free: isShared ? null : sumKnown(({ free }) => free),
    states,
    opensPerSecond: sumKnown(({ opensPerSecond }) => opensPerSecond),
    reclaimable: sumKnown(({ reclaimable }) => reclaimable),
    timeWaitSeconds: lanes[0]?.namespace.settings.timeWaitSeconds ?? null,
  };
}
