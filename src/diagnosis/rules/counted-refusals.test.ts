import { describe, expect, it } from 'vitest';
import { laneReport } from '../../../test/kit/reports.ts';
import { ruleScene } from '../../../test/kit/rule-scenes.ts';
import type { CountedLaneReport, LaneReport, NamespaceReport } from '../report.ts';
import type { Finding } from '../rule.ts';
import type { Scene } from '../scene.ts';
import { connectsRefused } from './connects-refused.ts';

function row(source: string | null, refusals: number, more: Partial<CountedLaneReport> = {}): CountedLaneReport {
  return {
    ...{ source, destination: '10.0.1.9', port: 6379, attempts: 1_000, refusals },
    ...{ since: '2026-11-20T12:00:00.000Z', ...more },
  };
}

function lane(source: string, refusals: number | null): LaneReport {
  return laneReport(
    [source, '10.0.1.9', 6379],
    { TIME_WAIT: 28_231 },
    { reuse: false, attempts: refusals === null ? null : 1_000, refusals },
  );
}

function examine(
  counted: NamespaceReport['counted'],
  lanes: readonly LaneReport[] = [],
  more: Partial<NamespaceReport> = {},
  trace: Scene['trace'] = null,
): Finding[] {
  return [...connectsRefused.examine(ruleScene(lanes, { trace, in: { counted, ...more } }))];
}

describe('connects that a spread has counted as refused', () => {
  it('are told by destination, since when, and from how many sources', () => {
    const [finding, ...others] = examine(
      [row('10.0.0.5', 20), row('10.0.0.6', 10), row('10.0.0.7', 0)],
      [lane('10.0.0.5', 20), lane('10.0.0.6', 10)],
    );
    expect(others).toEqual([]);
    expect(finding?.summary).toBe(
      '30 connections to 10.0.1.9:6379 from 2 addresses were refused since 2026-11-20 12:00:00 UTC: no source port was free.',
    );
    expect(finding).toMatchObject({
      severity: 'warning',
      lane: { source: '10.0.0.5', refusals: 20 },
      evidence: { refusals: 30, inEmptyLanes: 0, lanesTotal: 2, lanes: [{ refusals: 20 }, { refusals: 10 }] },
    });
    expect(finding?.explanation).not.toContain('hold no slot');
    expect(finding?.remedies.map(({ id }) => id)).toContain('tcp-tw-reuse');
  });

  it('are seen on lanes that hold nothing now, and said to be there', () => {
    const [finding] = examine([row('10.0.0.5', 3), row('10.0.0.6', 1)], [lane('10.0.0.6', 1)]);
    expect(finding).toMatchObject({ lane: { source: '10.0.0.6' }, evidence: { refusals: 4, inEmptyLanes: 3 } });
    expect(finding?.explanation).toContain('3 of them on lanes that hold no slot now.');
    const [alone] = examine([row('10.0.0.5', 1)]);
    expect(alone?.lane).toBeNull();
    expect(alone?.summary).toMatch(/^1 connection to 10\.0\.1\.9:6379 from 10\.0\.0\.5 was refused since/);
    expect(alone?.remedies.length).toBeGreaterThan(0);
  });

  it('are not said to be on empty lanes where not all lanes are listed', () => {
    const [finding] = examine([row('10.0.0.5', 3)], [], { lanesOmitted: 7 });
    expect(finding?.evidence).toMatchObject({ inEmptyLanes: null });
    expect(finding?.explanation).not.toContain('hold no slot');
  });

  it('have no source where all sources are counted together', () => {
    const [finding] = examine([row(null, 3)], [lane('10.0.0.5', null)]);
    expect(finding?.summary).toMatch(/^3 connections to 10\.0\.1\.9:6379 were refused since/);
    expect(finding?.evidence).toMatchObject({ inEmptyLanes: 0 });
  });

  it('are one finding for each destination, most first', () => {
    const findings = examine([row('10.0.0.5', 3), row('10.0.0.5', 9, { port: 80 })]);
    expect(findings.map(({ evidence }) => evidence.refusals)).toEqual([9, 3]);
  });

  it('are left to the trace where that saw them, for it knows the process', () => {
    const refusal = {
      ...{ pid: 4711, name: 'redis-benchmark', source: '10.0.0.5', destination: '10.0.1.9', port: 6379 },
      ...{ count: 2, lost: 0, namespaceInode: 4_026_531_840 },
    };
    const findings = examine([row('10.0.0.5', 3)], [], {}, { seconds: 5, refusals: [refusal] });
    expect(findings.map(({ severity }) => severity)).toEqual(['critical']);
  });

  it('are none where none was refused, or nothing counts', () => {
    expect(examine([row('10.0.0.5', 0)])).toEqual([]);
    expect(examine([])).toEqual([]);
    expect(examine(null)).toEqual([]);
  });
});
