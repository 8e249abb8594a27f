import { describe, expect, it } from 'vitest';
import type { FindingReport } from '../../diagnosis/report.ts';
import { FindingChanges } from './finding-changes.ts';

function finding(more: Partial<FindingReport> = {}): FindingReport {
  return {
    code: 'lane-exhausting',
    severity: 'warning',
    namespace: 'host',
    namespaceInode: 1,
    lane: { source: '10.0.0.5', destination: '10.0.1.9', port: 8080 },
    summary: 'The lane runs out.',
    explanation: '',
    evidence: {},
    remedies: [],
    unhelpful: [],
    ...more,
  };
}

describe('the events of findings', () => {
  it('tell what begins, what gets worse and what is over, once each', () => {
    const changes = new FindingChanges();
    expect(changes.compare([finding()])).toMatchObject([
      { level: 'warning', event: 'lane-exhausting', message: 'The lane runs out.' },
    ]);
    expect(changes.compare([finding({ summary: 'Another number.' })])).toEqual([]);
    expect(changes.compare([finding({ severity: 'critical' })])).toMatchObject([{ level: 'error' }]);
    expect(changes.compare([])).toMatchObject([
      { level: 'info', event: 'lane-exhausting-over', fields: { lane: '10.0.0.5>10.0.1.9:8080' } },
    ]);
    expect(changes.compare([])).toEqual([]);
  });

  it('keep lanes and namespaces apart', () => {
    const changes = new FindingChanges();
    const other = finding({ namespace: null, namespaceInode: 2 });
    expect(changes.compare([finding(), other, finding({ lane: null })])).toHaveLength(3);
    expect(changes.compare([finding()])).toHaveLength(2);
  });
});
