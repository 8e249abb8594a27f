import { describe, expect, it } from 'vitest';
import { laneReport, processReport } from '../../../test/kit/reports.ts';
import { ruleScene } from '../../../test/kit/rule-scenes.ts';
import type { LaneReport } from '../report.ts';
import { lanePastCliff } from './lane-past-cliff.ts';

const examine = (...lanes: LaneReport[]) => [...lanePastCliff.examine(ruleScene(lanes))];

function lane(established: number, more: Partial<LaneReport>): LaneReport {
  const processes = [processReport(811, 'haproxy', established)];
  return laneReport(
    ['10.0.0.5', '10.0.1.9', 8080],
    { ESTABLISHED: established },
    { cliffAt: 14_116, processes, ...more },
  );
}

describe('the cliff', () => {
  it('behind a lane is told with its place and its price', () => {
    const [finding, ...others] = examine(lane(20_000, { secondsToCliff: 0 }));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'warning',
      summary:
        '10.0.0.5>10.0.1.9:8080 (haproxy 811) is past the cliff: 20,000 of 28,231 slots are taken, and from 14,116 on each connect() first tries all ports of one parity in vain, at up to a thousand times the CPU.',
      evidence: { secondsToCliff: 0, cliffAt: 14_116, used: 20_000, slots: 28_231 },
    });
    expect(finding?.remedies.map(({ id }) => id)).toEqual(expect.arrayContaining(['local-port-range', 'wider-range']));
  });

  it('behind a lane that holds much of the second pass too is told without its place', () => {
    const [finding] = examine(lane(20_000, { secondsToCliff: 0, cliffAt: 20_000 }));
    expect(finding?.summary).toContain('20,000 of 28,231 slots are taken, and each connect() first tries');
  });

  it('ahead of a lane is told with the time that is left', () => {
    const ahead = lane(13_000, { secondsToCliff: 45.2, opensPerSecond: 25 });
    expect(examine(ahead)).toMatchObject([
      {
        severity: 'warning',
        summary:
          '10.0.0.5>10.0.1.9:8080 (haproxy 811) reaches the cliff in 45 s: 13,000 of 28,231 slots are taken and it opens 25 connections per second; from 14,116 on each connect() costs up to a thousand times more CPU.',
      },
    ]);
  });

  it('is told beside an exhaustion that is less near', () => {
    expect(examine(lane(20_000, { secondsToCliff: 0, secondsToExhaustion: 900 }))).toHaveLength(1);
  });

  it.each<[string, LaneReport]>([
    ['far ahead', lane(100, { secondsToCliff: 300 })],
    ['where there is none, or it is not known', lane(20_000, { secondsToCliff: null })],
    ['where the lane is exhausted', lane(28_231, { secondsToCliff: 0 })],
    ['where it may be', lane(28_231, { secondsToCliff: 0, reclaimable: null })],
    ['where it is about to be', lane(20_000, { secondsToCliff: 0, secondsToExhaustion: 299 })],
  ])('is not told %s', (_, one) => {
    expect(examine(one)).toEqual([]);
  });
});
