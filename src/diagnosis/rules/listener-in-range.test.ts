import { describe, expect, it } from 'vitest';
import { laneReport, namespaceReport, processReport } from '../../../test/kit/reports.ts';
import { ruleScene } from '../../../test/kit/rule-scenes.ts';
import type { BlockerReport, LaneReport, ProcessReport } from '../report.ts';
import { listenerInRange } from './listener-in-range.ts';

function listeners(ports: string, address: string, ...processes: ProcessReport[]): BlockerReport {
  return { kind: 'listener', address, ports, count: 1, processes };
}

function examine(blockers: readonly BlockerReport[], lanes: readonly LaneReport[] = []) {
  const { ports } = namespaceReport(lanes);
  return [...listenerInRange.examine(ruleScene(lanes, { in: { ports: { ...ports, blockers } } }))];
}

const NODE = processReport(900, 'node', 1);
const SSHD = processReport(22, 'sshd', 1);
const lane = (used: number) =>
  laneReport(['10.0.0.5', '10.0.1.9', 8080], { TIME_WAIT: used }, { processes: [processReport(811, 'haproxy', 4)] });

describe('a listener inside the range', () => {
  it('is told with its port and its process', () => {
    const found = examine([listeners('40010', '127.0.0.1', NODE)]);
    expect(found).toMatchObject([
      {
        severity: 'info',
        lane: null,
        summary:
          'Port 40010, inside the ephemeral range and not reserved, is listened on by node 900: an outgoing connection can take it while its program is down, and the next start then fails with EADDRINUSE.',
        evidence: { listeners: [{ address: '127.0.0.1', ports: '40010' }], rangeLow: 32_768, rangeHigh: 60_999 },
      },
    ]);
    expect(found[0]?.remedies.map(({ id }) => id)).toEqual(['reserve-listeners']);
  });

  it('whose process is not known is told all the same', () => {
    expect(examine([listeners('40010', '::')])[0]?.summary).toContain('not reserved, is listened on: an outgoing');
  });

  it('is told with others, five ports or ranges at most by number', () => {
    const blockers = [
      listeners('40010-40011', '127.0.0.1', NODE),
      listeners('45000', '::', SSHD),
      listeners('45000,50000,50002,50004-50005,50007-50010', '0.0.0.0'),
    ];
    expect(examine(blockers)[0]?.summary).toBe(
      '11 ports inside the ephemeral range, none of them reserved, are listened on (40010-40011 by node 900, 45000 by sshd 22, 50000, 50002 and 50004-50005, 4 more): an outgoing connection can take one while its program is down, and the next start then fails with EADDRINUSE.',
    );
  });

  it('is a warning where a lane holds half of the ports', () => {
    expect(examine([listeners('40010', '127.0.0.1', NODE)], [lane(14_115)])).toMatchObject([{ severity: 'info' }]);
    expect(examine([listeners('40010', '127.0.0.1', NODE)], [lane(10), lane(14_116)])).toMatchObject([
      {
        severity: 'warning',
        summary:
          'Port 40010, inside the ephemeral range and not reserved, is listened on by node 900: with 50.0% of the ports held by 10.0.0.5>10.0.1.9:8080 (haproxy 811), an outgoing connection is likely to take it while its program is down, and the next start then fails with EADDRINUSE.',
      },
    ]);
  });

  it.each<[string, readonly BlockerReport[]]>([
    ['nothing blocks a port', []],
    ['ports are bound and idle', [{ ...listeners('40010', '127.0.0.1', NODE), kind: 'bound-idle' }]],
    ['ports are bound before connect', [{ ...listeners('40010', '127.0.0.1'), kind: 'bound-before-connect' }]],
  ])('is none where %s', (_, blockers) => {
    expect(examine(blockers, [lane(28_000)])).toEqual([]);
  });
});
