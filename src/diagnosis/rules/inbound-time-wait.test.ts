import { describe, expect, it } from 'vitest';
import { namespaceReport, processReport } from '../../../test/kit/reports.ts';
import { ruleScene } from '../../../test/kit/rule-scenes.ts';
import type { Finding } from '../rule.ts';
import type { InboundUse } from '../scene.ts';
import { inboundTimeWait } from './inbound-time-wait.ts';

function findings(
  timeWaitOutsideLanes: number | null,
  inbound: readonly InboundUse[] | null = null,
  usable = 28_232,
): Finding[] {
  const { totals, ports } = namespaceReport([]);
  const more = { ports: { ...ports, usable }, totals: { ...totals, timeWaitOutsideLanes } };
  return [...inboundTimeWait.examine(ruleScene([], { inbound, in: more }))];
}

function endpoint(port: number, timeWait: number, more: Partial<InboundUse> = {}): InboundUse {
  const processes = [processReport(700, 'nginx', 3)];
  return { address: '10.0.0.5', port, connections: timeWait + 100, timeWait, clients: 30, processes, ...more };
}

describe('TIME_WAIT on a listener', () => {
  it('is information, with the listener that has most of it and its process', () => {
    expect(findings(16_000, [endpoint(80, 800, { clients: 90 }), endpoint(443, 15_200)])).toMatchObject([
      {
        severity: 'info',
        lane: null,
        summary:
          '16,000 sockets in TIME_WAIT use no ephemeral port, 15,200 of them on the port of the listener 10.0.0.5:443 (nginx 700): do nothing about them.',
        evidence: { timeWaitOutsideLanes: 16_000, endpoint: '10.0.0.5:443', endpointTimeWait: 15_200 },
        remedies: [],
      },
    ]);
  });

  it('is told where one listener has all of it', () => {
    const [finding] = findings(16_000, [endpoint(443, 16_003, { processes: [] })]);
    expect(finding?.summary).toBe(
      '16,000 sockets in TIME_WAIT use no ephemeral port, for they are on the port of the listener 10.0.0.5:443: do nothing about them.',
    );
  });

  it.each([
    ['was not looked for', null],
    ['has none of it', [endpoint(443, 0)]],
  ])('is told where the listener %s', (_, inbound) => {
    expect(findings(16_000, inbound)[0]?.summary).toBe(
      '16,000 sockets in TIME_WAIT use no ephemeral port, for they are on ports of listeners or others that connect() does not choose from: do nothing about them.',
    );
  });

  it('needs none of what is often advised', () => {
    expect(findings(2_000)[0]?.unhelpful.map(({ what }) => what)).toEqual([
      'lower tcp_fin_timeout',
      'lower tcp_max_tw_buckets',
      'set tcp_tw_recycle',
    ]);
  });

  it.each([
    [1_999, 28_232, 0],
    [2_000, 28_232, 1],
    [99, 1_000, 0],
    [100, 1_000, 1],
    [0, 0, 0],
    [null, 28_232, 0],
  ])('of %s sockets, where %i ports are usable, makes %i findings', (count, usable, expected) => {
    expect(findings(count, null, usable)).toHaveLength(expected);
  });
});
