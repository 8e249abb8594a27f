import type { RecycledLane, RecycleSummary } from '../../src/recycling/recycle.ts';

/** A lane that was full of TIME_WAIT, and of which half was released. */
export function recycledLane(more: Partial<RecycledLane> = {}): RecycledLane {
  return {
    ...{ source: '10.0.0.5', destination: '10.0.1.9', port: 8080, slots: 28_232, threshold: 14_115, ageSeconds: 1 },
    safe: true,
    reason: 'private network, round trip 0.2 ms ± 0.1 ms, 0% retransmitted, no reordering, timestamps (20 connections)',
    ...{ refused: false, usedBefore: 28_232, usedMost: 28_232, used: 14_115, old: 27_740, oldestSeconds: 58.2 },
    ...{ released: 14_117, opensPerSecond: null, sustainableOpensPerSecond: 27_678.4 },
    ...more,
  };
}

/** A run over these lanes, that released what they tell. */
export function recycleSummary(lanes: readonly RecycledLane[], more: Partial<RecycleSummary> = {}): RecycleSummary {
  const released = lanes.reduce((sum, lane) => sum + lane.released, 0);
  return {
    ...{
      seconds: 0.031,
      looks: 1,
      released,
      lanes,
      gone: 0,
      lanesOmitted: 0,
      cpuSeconds: 0.029,
      destroySeconds: released / 1_480_000,
    },
    ...more,
  };
}

/** One that uses too few slots to release any. */
export function idleLane(more: Partial<RecycledLane> = {}): RecycledLane {
  return recycledLane({
    ...{ destination: '10.0.1.8', safe: null, reason: 'nothing is to be released', released: 0 },
    ...{ usedBefore: 3_000, usedMost: 3_000, used: 3_000, old: 2_950 },
    ...more,
  });
}

/** One that is left alone, for its network is a public one. */
export function refusedLane(more: Partial<RecycledLane> = {}): RecycledLane {
  return recycledLane({
    ...{ destination: '203.0.113.9', port: 443, safe: false, refused: true, released: 0, used: 28_232 },
    reason:
      'public network, round trip 34 ms ± 2 ms, 0.2% retransmitted, no reordering, timestamps (20 connections): a segment can arrive later there than figures show',
    ...more,
  });
}
