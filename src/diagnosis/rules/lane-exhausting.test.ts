import { describe, expect, it } from 'vitest';
import { laneReport, processReport } from '../../../test/kit/reports.ts';
import { ruleScene } from '../../../test/kit/rule-scenes.ts';
import type { LaneReport } from '../report.ts';
import { laneExhausting } from './lane-exhausting.ts';

const HAPROXY = [processReport(811, 'haproxy', 120)];
const examine = (...lanes: LaneReport[]) => [...laneExhausting.examine(ruleScene(lanes))];

/** A lane with so many sockets in TIME_WAIT, and 120 open. */
function lane(timeWait: number, more: Partial<LaneReport> = {}): LaneReport {
  const states = { TIME_WAIT: timeWait, ESTABLISHED: 120 };
  return laneReport(['10.0.0.5', '10.0.1.9', 8080], states, { opensPerSecond: 600, processes: HAPROXY, ...more });
}

describe('a lane that runs out', () => {
  it('soon is told with its rate and what is left', () => {
    expect(examine(lane(22_111, { secondsToExhaustion: 10.2 }))).toMatchObject([
      {
        severity: 'critical',
        summary:
          '10.0.0.5>10.0.1.9:8080 (haproxy 811) runs out of slots in 10 s: it opens 600 connections per second and has 6,000 of 28,231 slots free (22,111 in TIME_WAIT and 120 open).',
        evidence: { secondsToExhaustion: 10.2, opensPerSecond: 600, free: 6_000 },
      },
    ]);
  });

  it.each([
    [0.7, 'critical'],
    [299, 'critical'],
    [300, 'warning'],
    [3_599, 'warning'],
  ])('in %d s is %s', (secondsToExhaustion, severity) => {
    expect(examine(lane(2_800, { secondsToExhaustion }))).toMatchObject([{ severity }]);
  });

  it('and has slots that perhaps can be taken over has at least those that are not taken', () => {
    const [finding] = examine(lane(22_111, { secondsToExhaustion: 10, reclaimable: null, opensPerSecond: null }));
    expect(finding?.summary).toContain('runs out of slots in 10 s: has at least 6,000 of 28,231 slots free (');
  });

  it('with others of its source is told once', () => {
    const members = [lane(10_000), lane(5_000)].map(
      (one) => ({ ...one, pool: 'source', secondsToExhaustion: 20 }) as const,
    );
    const [finding, ...others] = examine(...members);
    expect(others).toEqual([]);
    expect(finding?.explanation).toContain('bind() fails with EADDRINUSE for every destination of 10.0.0.5.');
  });
});

describe('a lane that stays nearly full', () => {
  it('is told with its level and how much more it bears', () => {
    expect(examine(lane(20_000, { settlesAt: 0.95 }))).toMatchObject([
      {
        severity: 'warning',
        summary:
          '10.0.0.5>10.0.1.9:8080 (haproxy 811) settles at 600 new connections per second with 26,819 of 28,231 slots taken: 5.3% more load exhausts it.',
      },
    ]);
  });

  it('at its very end bears nothing', () => {
    expect(examine(lane(20_000, { settlesAt: 0.999 }))[0]?.summary).toContain(': any more load exhausts it.');
  });
});

describe('a lane that is nearly full, whose future is not known,', () => {
  it('is told with what finds the rate', () => {
    expect(examine(lane(27_791, { opensPerSecond: null }))).toMatchObject([
      {
        severity: 'warning',
        summary:
          '10.0.0.5>10.0.1.9:8080 (haproxy 811) is almost full: 320 of 28,231 slots are free (27,791 in TIME_WAIT and 120 open), and how fast they go is not known; fourtuple status --watch-closes 2s finds out.',
      },
    ]);
  });
});

describe('silent', () => {
  it.each<[string, LaneReport]>([
    ['where it runs out in an hour', lane(10_000, { secondsToExhaustion: 3_600 })],
    ['where next to nothing is taken yet: a burst may be over at once', lane(2_700, { secondsToExhaustion: 9 })],
    ['where it settles below nine tenths', lane(100, { settlesAt: 0.89 })],
    ['where it is nearly full and drains', lane(27_791, { settlesAt: 0.2 })],
    ['where it is not nearly full and nothing is known', lane(25_000, { opensPerSecond: null })],
    ['where it is exhausted: that is another finding', lane(28_111, { secondsToExhaustion: 0 })],
    ['where it may be exhausted', lane(28_111, { reclaimable: null })],
    ['where how full it is depends on what is not known', lane(27_791, { reclaimable: null })],
  ])('%s', (_, one) => {
    expect(examine(one)).toEqual([]);
  });
});
