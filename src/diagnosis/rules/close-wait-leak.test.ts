import { describe, expect, it } from 'vitest';
import { laneReport, processReport } from '../../../test/kit/reports.ts';
import { ruleScene } from '../../../test/kit/rule-scenes.ts';
import type { LaneReport } from '../report.ts';
import type { Finding } from '../rule.ts';
import { closeWaitLeak } from './close-wait-leak.ts';

const ENDS = ['10.0.0.5', '10.0.1.9', 8080] as const;

function lane(states: Readonly<Record<string, number>>, more: Partial<LaneReport> = {}): LaneReport {
  return laneReport(ENDS, states, { processes: [processReport(900, 'app', 1_350)], ...more });
}

function findings(...lanes: readonly LaneReport[]): Finding[] {
  return [...closeWaitLeak.examine(ruleScene(lanes))];
}

describe('a CLOSE_WAIT leak', () => {
  it('is told with its lane, its process and its figures', () => {
    const leaking = lane({ ESTABLISHED: 150, CLOSE_WAIT: 1_200 });
    expect(findings(leaking)).toMatchObject([
      {
        severity: 'warning',
        lane: leaking,
        summary:
          '10.0.0.5>10.0.1.9:8080 (app 900) has 1,200 connections in CLOSE_WAIT, 4.3% of its slots: the other end has closed them, app 900 has not.',
        evidence: { closeWait: 1_200, live: 1_350, slots: 28_231 },
      },
    ]);
  });

  it('is told where no process is known', () => {
    expect(findings(lane({ CLOSE_WAIT: 100 }, { processes: [] }))).toMatchObject([
      {
        summary:
          '10.0.0.5>10.0.1.9:8080 has 100 connections in CLOSE_WAIT, 0.4% of its slots: the other end has closed them, the program here has not.',
      },
    ]);
  });

  it('is critical from half of the slots on', () => {
    const severities = [14_115, 14_116].map((leaked) => findings(lane({ CLOSE_WAIT: leaked }))[0]?.severity);
    expect(severities).toEqual(['warning', 'critical']);
  });

  it('is to be mended in the program: no setting helps', () => {
    const [finding] = findings(lane({ CLOSE_WAIT: 1_200 }));
    expect(finding?.remedies.map(({ id }) => id)).toEqual(['close-what-leaks']);
    expect(finding?.unhelpful.map(({ what }) => what)).toEqual(['tune a sysctl', 'lower tcp_fin_timeout']);
    expect(finding?.explanation).toContain('100% of the live connections of this lane wait for the program');
  });

  it.each([
    ['fewer than a hundred', lane({ CLOSE_WAIT: 99 })],
    ['less than a fifth of the live connections', lane({ ESTABLISHED: 401, CLOSE_WAIT: 100 })],
    ['fewer than ten in a lane of few slots', lane({ CLOSE_WAIT: 9 }, { slots: 100 })],
    ['other states', lane({ ESTABLISHED: 500, TIME_WAIT: 500, FIN_WAIT2: 500, LAST_ACK: 500 })],
  ])('is not seen in %s', (_, healthy) => expect(findings(healthy)).toEqual([]));

  it('is seen lane by lane, in few slots from a twentieth on', () => {
    const small = lane({ CLOSE_WAIT: 50, ESTABLISHED: 200 }, { slots: 1_000 });
    const tiny = lane({ CLOSE_WAIT: 10, TIME_WAIT: 80 }, { slots: 100 });
    expect(findings(small, lane({ ESTABLISHED: 10 }), tiny).map((finding) => finding.lane)).toEqual([small, tiny]);
  });
});
