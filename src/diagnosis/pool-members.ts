import type { Census } from '../census/census.ts';
import type { LaneUse } from '../census/lane-use.ts';
import { Binding } from '../census/shared-pool.ts';

/**
 * The lanes that take their ports from the same pool as some lanes: those of one source whose sockets are bound before
 * they connect.
 *
 * @returns by the number of the lane, for the lanes of pools only
 */
export function poolMembers({ blocked, laneCount, scan }: Census, lanes: readonly LaneUse[]): Map<number, number[]> {
  const wanted = lanes.filter(({ pool }) => pool === 'source');
  const bySource = new Map<string, number[]>();
  const sourceOf = (lane: number): string => scan.lanes.source(lane).join();
  for (const { index } of wanted) bySource.set(sourceOf(index), []);
  for (let lane = 0; bySource.size > 0 && lane < laneCount; lane += 1) {
    if (blocked.bindings[lane] !== Binding.byConnect) bySource.get(sourceOf(lane))?.push(lane);
  }
  return new Map(wanted.map(({ index }) => [index, bySource.get(sourceOf(index)) ?? []]));
}
