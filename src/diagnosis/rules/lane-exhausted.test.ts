import { describe, expect, it } from 'vitest';
import { laneReport, namespaceReport, processReport } from '../../../test/kit/reports.ts';
import { ruleScene } from '../../../test/kit/rule-scenes.ts';
import type { LaneReport } from '../report.ts';
import { laneExhausted } from './lane-exhausted.ts';

const ENDS = ['10.0.0.5', '10.0.1.9', 8080] as const;
const HAPROXY = [processReport(811, 'haproxy', 120)];
const examine = (...lanes: LaneReport[]) => [...laneExhausted.examine(ruleScene(lanes))];
const summaries = (...lanes: LaneReport[]) => examine(...lanes).map(({ summary }) => summary);

describe('a lane without a free slot', () => {
  it('is told with its process and what holds the slots', () => {
    const lane = laneReport(ENDS, { TIME_WAIT: 28_111, ESTABLISHED: 120 }, { processes: HAPROXY, opensPerSecond: 461 });
    const [finding, ...others] = examine(lane);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      severity: 'critical',
      lane,
      summary:
        '10.0.0.5>10.0.1.9:8080 (haproxy 811) is exhausted: all 28,231 slots are taken (28,111 in TIME_WAIT and 120 open), so connect() fails with EADDRNOTAVAIL.',
      evidence: { slots: 28_231, used: 28_231, reclaimable: 0, free: 0, opensPerSecond: 461, mainCause: 'time-wait' },
    });
    expect(finding?.explanation).toContain('Only connections from 10.0.0.5 to port 8080 of 10.0.1.9 are concerned');
  });

  it('has no process where all is TIME_WAIT, and that is said', () => {
    expect(summaries(laneReport(ENDS, { TIME_WAIT: 28_231 }))).toEqual([
      '10.0.0.5>10.0.1.9:8080 is exhausted: all 28,231 slots are in TIME_WAIT, left by connections that are closed already and belong to no process, so connect() fails with EADDRNOTAVAIL.',
    ]);
  });

  it('of a shared pool is told once for all lanes that share its slots', () => {
    const pool = { pool: 'source', slots: 20, processes: [processReport(9, 'envoy', 15)] } as const;
    const lanes = [9001, 9002, 9003].map((port) =>
      laneReport(['10.0.0.5', '10.0.1.9', port], { ESTABLISHED: 15, TIME_WAIT: 5 }, pool),
    );
    const [finding, ...others] = examine(...lanes);
    expect(others).toEqual([]);
    expect(finding?.summary).toBe(
      '10.0.0.5>10.0.1.9:9001 (envoy 9) and 2 more lanes of 10.0.0.5 are exhausted: sockets bound before they connect hold 60 ports (45 open and 15 in TIME_WAIT) and leave none, so bind() fails with EADDRINUSE whatever the destination.',
    );
    expect(finding?.remedies[0]?.id).toBe('bind-address-no-port');
  });

  it('is told for each lane that has slots of its own', () => {
    const full = (port: number) => laneReport(['10.0.0.5', '10.0.1.9', port], { ESTABLISHED: 28_231 });
    expect(summaries(full(1), full(2))).toHaveLength(2);
  });

  it('is a warning where it is not known whether TIME_WAIT can be taken over', () => {
    const lane = laneReport(ENDS, { TIME_WAIT: 28_111, ESTABLISHED: 120 }, { reclaimable: null, processes: HAPROXY });
    expect(examine(lane)).toMatchObject([
      {
        severity: 'warning',
        summary:
          '10.0.0.5>10.0.1.9:8080 (haproxy 811) has all 28,231 slots taken (28,111 in TIME_WAIT and 120 open): connect() fails with EADDRNOTAVAIL if none can be taken over by tcp_tw_reuse, which is not known here.',
        evidence: { reclaimable: null, free: null },
      },
    ]);
  });
});

describe('a lane that has few slots because ports are blocked', () => {
  const blocked = (usable: number) => ({ ...namespaceReport([]).ports, blocked: 28_232 - usable, usable });
  const few = (used: number) => laneReport(ENDS, { ESTABLISHED: used }, { slots: used });
  const inPorts = (usable: number, lane: LaneReport) => [
    ...laneExhausted.examine(ruleScene([lane], { in: { ports: blocked(usable) } })),
  ];

  it('is told why it has so few', () => {
    const [finding] = inPorts(10, few(12));
    expect(finding?.explanation).toContain(
      'It has only 12 slots because, of 28,232 ports of the range, 28,222 are blocked and 0 reserved.',
    );
  });

  it('is left to the finding about the ports where none is usable, unless it holds many itself', () => {
    expect(inPorts(0, few(12))).toEqual([]);
    expect(inPorts(0, few(2_824))).toHaveLength(1);
  });
});

describe('a lane is not exhausted', () => {
  it.each<[string, LaneReport]>([
    ['with one slot left', laneReport(ENDS, { TIME_WAIT: 28_230 })],
    ['full of TIME_WAIT that can be taken over', laneReport(ENDS, { TIME_WAIT: 28_231 }, { reclaimable: 28_000 })],
    ['with one slot left and reclaimable unknown', laneReport(ENDS, { TIME_WAIT: 28_230 }, { reclaimable: null })],
  ])('%s', (_, lane) => {
    expect(examine(lane)).toEqual([]);
  });
});
