import { describe, expect, it } from 'vitest';
import { laneReport, namespaceReport, reportOf } from '../../../test/kit/reports.ts';
import type { FindingReport, LaneReport, NamespaceReport } from '../../diagnosis/report.ts';
import { figuresOf, type Look } from './figures.ts';

const PLAIN: Look = { isTraced: false, isNarrowed: false };

function lane(port: number, more: Partial<LaneReport> & { readonly refusals?: number | null } = {}): LaneReport {
  return { ...laneReport(['10.0.0.5', '10.0.1.9', port], { ESTABLISHED: 100 }), ...more };
}

function refused(refusals: number, ofLane: LaneReport | null, evidence = {}): FindingReport {
  return {
    ...{ code: 'connects-refused', severity: 'critical', namespace: 'host', namespaceInode: 4_026_531_840 },
    lane: ofLane,
    ...{ summary: `${refusals} refused.`, explanation: '', evidence: { refusals, ...evidence } },
    ...{ remedies: [], unhelpful: [] },
  };
}

describe('the figures of a report', () => {
  it('are of the fullest lane, of the one that is exhausted first, and of all namespaces', () => {
    const [fullest, soonest] = [lane(1, { utilization: 0.9 }), lane(2, { utilization: 0.2, secondsToExhaustion: 7 })];
    const namespaces = [
      namespaceReport([lane(3, { utilization: 0.5, secondsToExhaustion: 9 })]),
      namespaceReport([fullest, soonest], { inode: 2 }),
    ];
    expect(figuresOf(reportOf(namespaces), PLAIN)).toEqual({
      fullest: { namespace: namespaces[1], lane: fullest },
      perhapsFuller: null,
      soonest: { namespace: namespaces[1], lane: soonest },
      refusals: null,
    });
  });

  it('are the fuller of two lanes that are exhausted', () => {
    const both = [
      lane(1, { utilization: 1, secondsToExhaustion: 0 }),
      lane(2, { utilization: 0.99, secondsToExhaustion: 0 }),
    ];
    expect(figuresOf(reportOf([namespaceReport(both)]), PLAIN).soonest?.lane.port).toBe(1);
  });

  it('have what a spread counts, with its lanes that hold no slot any more', () => {
    const lanes = [lane(1, { refusals: 3 }), lane(2, { refusals: 4 }), lane(3, { refusals: null })];
    const row = (port: number, refusals: number) => ({
      ...{ source: '10.0.0.5', destination: '10.0.1.9', port, attempts: 100, refusals },
      since: '2026-11-20T12:00:00.000Z',
    });
    const counted = { counted: [row(1, 3), row(2, 4), row(4, 20)] };
    const spread: NamespaceReport = { ...namespaceReport(lanes), ...counted };
    const told = figuresOf(reportOf([spread, namespaceReport([lane(9)])], { findings: [refused(27, null)] }), PLAIN);
    expect(told.refusals).toMatchObject({
      count: 27,
      since: 'attached',
      place: { lane: lanes[1] },
      summary: '27 refused.',
    });
    expect(figuresOf(reportOf([namespaceReport(lanes)]), PLAIN).refusals).toMatchObject({ count: 7, summary: null });
    const attached: NamespaceReport = { ...namespaceReport([]), ...{ counted: [] } };
    expect(figuresOf(reportOf([attached]), PLAIN).refusals?.count).toBe(0);
  });

  it('have what a trace counts, and not what a spread does beside it', () => {
    const one = lane(1);
    const traced = { processes: [] };
    const findings = [refused(5, one, traced), refused(2, null, traced), refused(100, one)];
    const report = reportOf([namespaceReport([one])], { findings });
    const refusalsOf = (look: Partial<Look>) => figuresOf(report, { ...PLAIN, isTraced: true, ...look }).refusals;
    expect(refusalsOf({})).toMatchObject({ count: 7, since: 'look', place: { lane: one }, summary: '5 refused.' });
    expect(refusalsOf({ isNarrowed: true })).toMatchObject({ count: 5 });
    expect(figuresOf(reportOf([]), { ...PLAIN, isTraced: true }).refusals).toMatchObject({ count: 0, summary: null });
  });
});
