import { plural } from '../../tcp/number-text.ts';
import type { LaneReport } from '../report.ts';
import { describeLane } from '../text.ts';

/** Lanes that share their slots: those of one source that are bound before they connect. Any other lane is alone. */
export interface LaneGroup {
  /** The one with most slots taken: it speaks for all. */
  readonly lane: LaneReport;
  /** How many more share its slots. */
  readonly others: number;
  /** What all of them hold. */
  readonly held: Held;
}

/** What holds slots. */
export type Held = Pick<LaneReport, 'used' | 'states'>;

/** @param lanes fullest first, and so are the groups */
export function groupLanes(lanes: readonly LaneReport[]): LaneGroup[] {
  const groups = new Map<string | LaneReport, LaneReport[]>();
  for (const lane of lanes) {
    const key = lane.pool === 'source' ? `${lane.source} ${lane.device ?? ''}` : lane;
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [lane]);
    else members.push(lane);
  }
  return [...groups.values()].map(groupOf);
}

function groupOf(members: readonly LaneReport[]): LaneGroup {
  const states: Partial<Record<string, number>> = {};
  for (const lane of members) {
    for (const [state, count] of Object.entries(lane.states)) states[state] = (states[state] ?? 0) + count;
  }
  return {
    lane: members.reduce((most, lane) => (lane.used > most.used ? lane : most)),
    others: members.length - 1,
    held: { used: members.reduce((sum, { used }) => sum + used, 0), states },
  };
}

/** `10.0.0.5>10.0.1.9:8080 (haproxy 811) is`, `10.0.0.5>10.0.1.9:8080 (envoy 811) and 9 more lanes of 10.0.0.5 are`. */
export function describeGroup({ lane, others }: LaneGroup): string {
  const name = describeLane(lane);
  return others === 0 ? `${name} is` : `${name} and ${plural(others, 'more lane')} of ${lane.source} are`;
}
