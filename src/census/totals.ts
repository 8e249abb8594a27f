import type { SocketCounts } from '../linux/sockstat.ts';
import { TcpState } from '../tcp/state.ts';
import type { Census } from './census.ts';

/** Sums over all lanes of a namespace, and what holds no slot. */
export interface Totals {
  readonly lanes: number;
  readonly used: number;
  readonly live: number;
  readonly timeWait: number;
  /** Connections that hold no slot: inbound, from outside the range, from a reserved port; null where not known. */
  readonly outsideLanes: number | null;
  /** Of these, the ones in TIME_WAIT. */
  readonly timeWaitOutsideLanes: number | null;
}

/** @param counts the kernel's own counts of all sockets, null where they are not known */
export function sumLanes(census: Census, counts: SocketCounts | null): Totals {
  let [used, live, timeWait] = [0, 0, 0];
  for (let lane = 0; lane < census.laneCount; lane += 1) {
    used += census.used(lane);
    live += census.columns.live[lane] as number;
    timeWait += census.columns.inState(lane, TcpState.TIME_WAIT);
  }
  // The kernel counts orphan FIN_WAIT2 sockets among those in TIME_WAIT, and listeners among those in use. Sockets come
  // and go between its count and ours.
  const minisocks = used - live;
  const timeWaitOutsideLanes = counts === null ? null : Math.max(0, counts.timeWait - minisocks);
  const liveOutsideLanes = counts === null ? 0 : Math.max(0, counts.inUse - census.scan.listeners.length - live);
  return {
    lanes: census.laneCount,
    used,
    live,
    timeWait,
    outsideLanes: timeWaitOutsideLanes === null ? null : timeWaitOutsideLanes + liveOutsideLanes,
    timeWaitOutsideLanes,
  };
}
