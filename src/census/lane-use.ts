import type { Lane } from '../tcp/lane.ts';
import type { TcpStateName } from '../tcp/state.ts';

/** A lane and what holds its slots. What cannot be known is null. */
export interface LaneUse extends Lane {
  /** The lane's number in its census. */
  readonly index: number;
  readonly slots: number;
  /** Slots that are held, in any state, TIME_WAIT included. */
  readonly used: number;
  /** used, and neither in TIME_WAIT nor an orphan FIN_WAIT2. */
  readonly live: number;
  /** TIME_WAIT slots that connect() may take over at once. */
  readonly reclaimable: number | null;
  /** slots − used + reclaimable. */
  readonly free: number | null;
  /** 1 − free / slots, 0 to 1. */
  readonly utilization: number | null;
  /** Sockets by state, states without a socket left out. */
  readonly states: Readonly<Partial<Record<TcpStateName, number>>>;
  /** `source`: bound before connect, the slots are shared by all such lanes of this source. */
  readonly pool: 'lane' | 'source';
  /** New connections per second, as the ages of the TIME_WAIT sockets show it. */
  readonly opensPerSecond: number | null;
  /** The version-2 cgroup of one of its sockets, 0 where not known. */
  readonly cgroupId: number;
}
