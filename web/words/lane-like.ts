import type { LaneJson } from '../agent/json.ts';

/** For tests: a lane of 28,232 slots, of which nothing is known but what is given. */
export function laneLike(more: Partial<LaneJson> = {}): LaneJson {
  const { slots = 28_232, used = 0, reclaimable = 0 } = more;
  const free = reclaimable === null ? null : slots - used + reclaimable;
  return {
    ...{ source: '10.0.0.5', destination: '10.0.1.9', port: 8080, device: null, pool: 'lane', unit: null },
    ...{ slots, used, live: used, reclaimable, free, utilization: free === null ? null : 1 - free / slots },
    ...{ states: { ESTABLISHED: used }, opensPerSecond: null, holdSeconds: null, reuse: null, cliffAt: null },
    ...{ secondsToCliff: null, secondsToExhaustion: null, settlesAt: null, processes: [], refusals: null },
    ...more,
  };
}
