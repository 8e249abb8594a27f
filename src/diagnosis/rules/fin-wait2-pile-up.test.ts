import { describe, expect, it } from 'vitest';
import { machineLike } from '../../../test/kit/machines.ts';
import { laneReport, processReport } from '../../../test/kit/reports.ts';
import { ruleScene } from '../../../test/kit/rule-scenes.ts';
import type { LaneReport } from '../report.ts';
import type { Finding } from '../rule.ts';
import { finWait2PileUp } from './fin-wait2-pile-up.ts';

/** A lane whose FIN_WAIT2 sockets are all orphans, where nothing else is said. */
function lane(states: Readonly<Record<string, number>>, more: Partial<LaneReport> = {}): LaneReport {
  const live = states.ESTABLISHED ?? 0;
  const processes = live === 0 ? [] : [processReport(811, 'haproxy', live)];
  return laneReport(['10.0.0.5', '10.0.1.9', 8080], states, { live, processes, ...more });
}

function findings(lanes: readonly LaneReport[], tcpFinTimeoutSeconds: number | null = 60): Finding[] {
  return [...finWait2PileUp.examine(ruleScene(lanes, { machine: machineLike({ tcpFinTimeoutSeconds }) }))];
}

describe('a FIN_WAIT2 pile-up', () => {
  it('is told with its lane, its process and its figures', () => {
    const stuck = lane({ ESTABLISHED: 20, FIN_WAIT2: 1_200 });
    expect(findings([stuck])).toMatchObject([
      {
        severity: 'warning',
        lane: stuck,
        summary:
          '10.0.0.5>10.0.1.9:8080 (haproxy 811) has 1,200 closed connections in FIN_WAIT2, 4.3% of its slots: the other end does not close them, and each holds its slot for 60 s.',
        explanation:
          'This end has closed these connections, no process has them any more, and the kernel waits for the other end. With tcp_fin_timeout 60 it waits 60 s. Where the other end closes in time, TIME_WAIT follows and holds the slot for 60 s more. This is the one case in which a lower tcp_fin_timeout helps. Better still is to let the other end close first: then this end holds no slot after that.',
        evidence: { orphanFinWait2: 1_200, slots: 28_231, tcpFinTimeoutSeconds: 60, heldSeconds: 60 },
      },
    ]);
  });

  it.each([
    [15, 'for 15 s', false],
    [30, 'for 30 s', true],
    [65, 'for 10 s', false],
    [90, 'for 60 s', true],
    [120, 'for 120 s', true],
    [null, 'until tcp_fin_timeout ends it', true],
  ])('with tcp_fin_timeout %s holds each slot %s', (setting, held, canBeLower) => {
    const [finding] = findings([lane({ FIN_WAIT2: 1_200 })], setting);
    expect(finding?.summary).toContain(`each holds its slot ${held}.`);
    const ids = canBeLower ? ['close-from-other-end', 'lower-fin-timeout'] : ['close-from-other-end'];
    expect(finding?.remedies.map(({ id }) => id)).toEqual(ids);
    expect(finding?.explanation.includes('a lower tcp_fin_timeout helps')).toBe(canBeLower);
  });

  it('tells of the oddity of values above 60', () => {
    expect(findings([lane({ FIN_WAIT2: 1_200 })], 70)[0]?.explanation).toContain(
      'With tcp_fin_timeout 70 it waits 20 s: above 60 the kernel waits twice what the value exceeds 60 by.',
    );
  });

  it('is critical from half of the slots on', () => {
    const severities = [49, 50].map((count) => findings([lane({ FIN_WAIT2: count }, { slots: 100 })])[0]?.severity);
    expect(severities).toEqual(['warning', 'critical']);
  });

  it.each([
    ['fewer than a hundred', lane({ FIN_WAIT2: 99 })],
    ['fewer than ten in a lane of few slots', lane({ FIN_WAIT2: 9 }, { slots: 100 })],
    ['sockets that the program still holds', lane({ ESTABLISHED: 20, FIN_WAIT2: 1_200 }, { live: 1_220 })],
    ['a busy lane that reuses its slots and closes in good order', lane({ FIN_WAIT2: 1_200, TIME_WAIT: 20_000 })],
    ['TIME_WAIT alone', lane({ TIME_WAIT: 20_000 })],
  ])('is not seen in %s', (_, healthy) => expect(findings([healthy])).toEqual([]));
});
