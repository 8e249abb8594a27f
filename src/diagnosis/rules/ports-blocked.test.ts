import { describe, expect, it } from 'vitest';
import { namespaceReport, processReport } from '../../../test/kit/reports.ts';
import { ruleScene } from '../../../test/kit/rule-scenes.ts';
import type { BlockerReport, PortsReport } from '../report.ts';
import { portsBlocked } from './ports-blocked.ts';

function blocker(kind: BlockerReport['kind'], low: number, count: number, process?: [number, string]): BlockerReport {
  const processes = process === undefined ? [] : [processReport(...process, count)];
  return { kind, address: '10.0.0.5', ports: `${low}-${low + count - 1}`, count, processes };
}

function examine(blockers: readonly BlockerReport[], more: Partial<PortsReport> = {}) {
  const { ports } = namespaceReport([]);
  return [...portsBlocked.examine(ruleScene([], { in: { ports: { ...ports, blockers, ...more } } }))];
}

const ids = (found: ReturnType<typeof examine>) => found[0]?.remedies.map(({ id }) => id);

describe('blocked ports', () => {
  it('are told with who blocks them', () => {
    const found = examine([
      blocker('listener', 40_000, 20, [900, 'node']),
      blocker('bound-idle', 41_000, 1_480, [7, 'app']),
    ]);
    expect(found).toMatchObject([
      {
        severity: 'info',
        lane: null,
        summary:
          '1,500 of 28,232 ports of the range (5.3%) are blocked for every lane: 1,480 bound and idle by app 7 and 20 listened on by node 900.',
        evidence: { blocked: 1_500, boundIdle: 1_480, listeners: 20, usable: 28_232 },
      },
    ]);
    expect(ids(found)).toEqual(['close-what-leaks', 'wider-range', 'more-source-addresses']);
  });

  it('of listeners alone are no leak', () => {
    const found = examine([blocker('listener', 40_000, 500)]);
    expect(found[0]?.summary).toBe(
      '500 of 28,232 ports of the range (1.8%) are blocked for every lane: 500 listened on.',
    );
    expect(ids(found)).toEqual(['wider-range', 'more-source-addresses']);
  });

  it.each([
    [282, null],
    [283, 'info'],
    [2_823, 'info'],
    [2_824, 'warning'],
    [14_115, 'warning'],
    [14_116, 'critical'],
  ])('%i of 28,232 are %s', (count, severity) => {
    const found = examine([blocker('bound-idle', 32_768, count)]);
    expect(found.map((finding) => finding.severity)).toEqual(severity === null ? [] : [severity]);
  });

  it('are five at least, however small the range', () => {
    expect(examine([blocker('listener', 40_000, 4)], { size: 20, usable: 16 })).toEqual([]);
    expect(examine([blocker('listener', 40_000, 5)], { size: 20, usable: 15 })).toMatchObject([
      { severity: 'warning' },
    ]);
  });

  it('count once where two sockets are bound to one', () => {
    const twice = [blocker('listener', 40_000, 200), { ...blocker('bound-idle', 40_000, 200), address: '::' }];
    expect(examine(twice)).toEqual([]);
  });

  it('leave out those of shared pools, which have their own finding', () => {
    expect(examine([blocker('bound-before-connect', 40_000, 5_000)])).toEqual([]);
  });

  it('are all there is: connect() fails for everybody', () => {
    const found = examine([blocker('listener', 40_001, 2, [900, 'node']), blocker('bound-before-connect', 40_001, 9)], {
      ...{ low: 40_000, high: 40_009, size: 10, reserved: 1, usable: 0 },
    });
    expect(found).toMatchObject([
      {
        severity: 'critical',
        summary:
          'None of the 10 ports of the range is usable (1 reserved, 2 listened on by node 900 and 7 bound before connect): connect() fails with EADDRNOTAVAIL for every new lane.',
      },
    ]);
    expect(ids(found)).toEqual(['bind-address-no-port', 'wider-range']);
  });

  it('are told where all are reserved', () => {
    expect(examine([], { size: 10, reserved: 10, usable: 0 })).toMatchObject([{ severity: 'critical' }]);
  });
});
