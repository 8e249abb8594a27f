import { describe, expect, it } from 'vitest';
import { censusOf, lane, listener } from '../../test/kit/scans.ts';
import type { SocketCounts } from '../linux/sockstat.ts';
import { TcpState } from '../tcp/state.ts';
import { sumLanes } from './totals.ts';

/** Five slots used: two live, two in TIME_WAIT, an orphan FIN_WAIT2. Two listeners. */
const census = censusOf({
  sockets: [
    listener('0.0.0.0', 80),
    listener('0.0.0.0', 443),
    ...lane('10.0.0.5', '10.0.1.9', 80, [40_000, 40_002]),
    ...lane('10.0.0.5', '10.0.1.8', 80, [40_000, 40_002], { leftMs: 100 }),
    ...lane('10.0.0.5', '10.0.1.8', 80, [40_004], { state: TcpState.FIN_WAIT2, timer: 3 }),
  ],
});
const IN_LANES = { lanes: 2, used: 5, live: 2, timeWait: 2 };

describe('the totals of a namespace', () => {
  it.each<[string, SocketCounts | null, { outsideLanes: number | null; timeWaitOutsideLanes: number | null }]>([
    ['not known', null, { outsideLanes: null, timeWaitOutsideLanes: null }],
    ['as many as were listed', { inUse: 4, timeWait: 3 }, { outsideLanes: 0, timeWaitOutsideLanes: 0 }],
    ['more live ones', { inUse: 14, timeWait: 3 }, { outsideLanes: 10, timeWaitOutsideLanes: 0 }],
    ['more in TIME_WAIT', { inUse: 4, timeWait: 53 }, { outsideLanes: 50, timeWaitOutsideLanes: 50 }],
    ['more of both', { inUse: 14, timeWait: 53 }, { outsideLanes: 60, timeWaitOutsideLanes: 50 }],
    // Sockets come and go between the kernel's count and the listing.
    ['fewer than were listed', { inUse: 1, timeWait: 0 }, { outsideLanes: 0, timeWaitOutsideLanes: 0 }],
  ])("are sums over its lanes, and what holds no slot by the kernel's own counts: %s", (_, counts, outside) => {
    expect(sumLanes(census, counts)).toEqual({ ...IN_LANES, ...outside });
  });

  it('are nothing where there is no socket', () => {
    expect(sumLanes(censusOf({ sockets: [] }), { inUse: 0, timeWait: 0 })).toEqual({
      ...{ lanes: 0, used: 0, live: 0, timeWait: 0, outsideLanes: 0, timeWaitOutsideLanes: 0 },
    });
  });
});
