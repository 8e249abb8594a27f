import { describe, expect, it } from 'vitest';
import { laneReport, processReport } from '../../../test/kit/reports.ts';
import { ruleScene } from '../../../test/kit/rule-scenes.ts';
import type { LaneReport } from '../report.ts';
import type { Finding } from '../rule.ts';
import { synSentPileUp } from './syn-sent-pile-up.ts';

function lane(states: Readonly<Record<string, number>>, more: Partial<LaneReport> = {}): LaneReport {
  const processes = [processReport(811, 'haproxy', 700), processReport(812, 'haproxy', 500)];
  return laneReport(['10.0.0.5', '10.0.1.9', 8080], states, { processes, ...more });
}

function findings(...lanes: readonly LaneReport[]): Finding[] {
  return [...synSentPileUp.examine(ruleScene(lanes))];
}

describe('a SYN_SENT pile-up', () => {
  it('is told with its lane, its processes and its figures', () => {
    const dead = lane({ SYN_SENT: 1_200, TIME_WAIT: 300 });
    expect(findings(dead)).toMatchObject([
      {
        severity: 'warning',
        lane: dead,
        summary:
          '10.0.0.5>10.0.1.9:8080 (haproxy 811 and 1 more process) has 1,200 connections in SYN_SENT, 4.3% of its slots: the destination answers none of them, and each waits until its time-out.',
        evidence: { synSent: 1_200, live: 1_200, slots: 28_231, shareOfLive: 1 },
      },
    ]);
  });

  it('is told where some are answered', () => {
    const [finding] = findings(lane({ SYN_SENT: 1_200, ESTABLISHED: 800 }));
    expect(finding?.summary).toContain('the destination answers few of them');
    expect(finding?.explanation).toContain('60.0% of the live connections of this lane are attempts without an answer');
  });

  it('is critical from half of the slots on', () => {
    const severities = [49, 50].map((waiting) => findings(lane({ SYN_SENT: waiting }, { slots: 100 }))[0]?.severity);
    expect(severities).toEqual(['warning', 'critical']);
  });

  it('is ended by a time-out of connect(), which the kernel has too', () => {
    const [finding] = findings(lane({ SYN_SENT: 1_200 }));
    expect(finding?.remedies.map(({ id }) => id)).toEqual(['connect-timeout']);
    expect(finding?.unhelpful.map(({ what }) => what)).toEqual(['lower tcp_fin_timeout']);
    expect(finding?.explanation).toContain('tcp_syn_retries');
  });

  it.each([
    ['fewer than a hundred', lane({ SYN_SENT: 99 })],
    [
      'a destination far away, whose handshakes take as long as its connections',
      lane({ SYN_SENT: 500, ESTABLISHED: 500 }),
    ],
    ['fewer than ten in a lane of few slots', lane({ SYN_SENT: 9 }, { slots: 100 })],
  ])('is not seen in %s', (_, healthy) => expect(findings(healthy)).toEqual([]));

  it('is not hidden by what is in TIME_WAIT', () => {
    expect(findings(lane({ SYN_SENT: 100, ESTABLISHED: 99, TIME_WAIT: 20_000 }))).toHaveLength(1);
  });
});
