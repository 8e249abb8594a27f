import { TcpState } from '../tcp/state.ts';
import { LINUX_TIME_WAIT_MS } from '../tcp/time-wait.ts';
import type { Census } from './census.ts';
import { UNKNOWN_LEFT } from './socket-table.ts';

/** However soon connect() may take a slot over: what is missed then is hardly held at all. */
const SHORTEST_MS = 100;

/**
 * How many connections of each lane have entered TIME_WAIT per second, from the ages of those that are in it: over the
 * last `seconds`, or over the reuse delay where connect() takes over what is older.
 *
 * @returns by the lane's number; NaN where the source does not tell the ages
 */
export function timeWaitsPerSecond(census: Census, seconds: number): Float64Array {
  const { lanes, sockets } = census.scan;
  const counts = new Float64Array(lanes.size);
  const windows = new Float64Array(lanes.size);
  const window = (lane: number): number => {
    const ms = Math.min(seconds * 1_000, LINUX_TIME_WAIT_MS);
    return census.reuse(lane) === false ? ms : Math.max(SHORTEST_MS, Math.min(ms, census.reuseDelaySeconds * 1_000));
  };
  for (let row = 0; row < sockets.size; row += 1) {
    if (sockets.state(row) !== TcpState.TIME_WAIT) continue;
    const lane = sockets.lane(row);
    const leftMs = sockets.timeWaitLeftMs(row);
    if (windows[lane] === 0) windows[lane] = window(lane);
    if (leftMs === UNKNOWN_LEFT) counts[lane] = Number.NaN;
    else if (LINUX_TIME_WAIT_MS - leftMs < (windows[lane] as number)) counts[lane] = (counts[lane] as number) + 1;
  }
  for (let lane = 0; lane < counts.length; lane += 1) {
    if (windows[lane] !== 0) counts[lane] = (counts[lane] as number) / ((windows[lane] as number) / 1_000);
  }
  return counts;
}
