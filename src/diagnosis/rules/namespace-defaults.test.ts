import { describe, expect, it } from 'vitest';
import { laneReport, processReport } from '../../../test/kit/reports.ts';
import { ruleScene } from '../../../test/kit/rule-scenes.ts';
import type { LaneReport, NamespaceReport } from '../report.ts';
import type { Finding } from '../rule.ts';
import { namespaceDefaults } from './namespace-defaults.ts';

const HOST = { low: 1024, high: 65_535 };

function laneWith(used: number, more: Partial<LaneReport> = {}): LaneReport {
  const processes = [processReport(42, 'app', used)];
  return laneReport(['10.0.0.5', '10.0.1.9', 8080], { ESTABLISHED: used }, { processes, ...more });
}

function examine(lanes: readonly LaneReport[], host: typeof HOST | null = HOST, more: Partial<NamespaceReport> = {}) {
  return [...namespaceDefaults.examine(ruleScene(lanes, { host, in: { name: 'web', ...more } }))] as Finding[];
}

describe('a namespace with the defaults of Linux, on a host with a wider range', () => {
  it('is told, with both ranges and its fullest lane', () => {
    const [finding] = examine([laneWith(14_000, { slots: 28_000 }), laneWith(2_823)]);
    expect(finding?.summary).toBe(
      'The network namespace web still has the default range 32768-60999 (28,232 ports) while the host has 1024-65535 (64,512 ports), and 10.0.0.5>10.0.1.9:8080 (app 42) uses 50.0% of its slots.',
    );
    expect(finding).toMatchObject({ severity: 'warning', evidence: { hostSize: 64_512, size: 28_232 } });
    expect(finding?.remedies.map(({ id }) => id)).toEqual(['wider-range']);
  });

  it('is information below a half, and nothing below a tenth', () => {
    expect(examine([laneWith(2_824)])).toMatchObject([{ severity: 'info' }]);
    expect(examine([laneWith(2_822)])).toEqual([]);
    expect(examine([])).toEqual([]);
  });

  it('is named as this one where it has no name', () => {
    expect(examine([laneWith(20_000)], HOST, { name: null })[0]?.summary).toMatch(/^This network namespace still/);
  });

  it('is nothing to speak of where the host has no more, is not known, or the namespace has its own', () => {
    const full = [laneWith(28_000)];
    expect(examine(full, { low: 32_768, high: 60_999 })).toEqual([]);
    expect(examine(full, { low: 40_000, high: 50_000 })).toEqual([]);
    expect(examine(full, null)).toEqual([]);
    const ports = { low: 32_768, high: 50_001, size: 17_234, reserved: 0, blocked: 0, usable: 17_234, blockers: [] };
    expect(examine(full, HOST, { ports })).toEqual([]);
  });

  it('is not judged by lanes of which the use is not known', () => {
    expect(examine([laneWith(20_000, { utilization: null })])).toEqual([]);
  });
});
