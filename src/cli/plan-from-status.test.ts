import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { laneReport, namespaceReport, reportOf } from '../../test/kit/reports.ts';
import { answerPlan } from '../plan/answer.ts';
import { planFromStatus } from './plan-from-status.ts';

const REPORT = reportOf([namespaceReport([laneReport(['10.0.0.5', '10.0.1.9', 8080], { ESTABLISHED: 3 })])]);

describe('a report that is planned', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fourtuple-report-'));
    file = join(folder, 'report.json');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('is read from a file', () => {
    writeFileSync(file, `\ufeff${JSON.stringify(REPORT)}`);
    expect(planFromStatus(file)).toMatchObject({
      taken: { host: { name: 'proxy.core' }, takenAt: '2026-11-20T12:00:00.000Z' },
      topology: { tiers: [{ name: '10.0.0.5 → 10.0.1.9:8080' }] },
    });
  });

  const plan = answerPlan({ tiers: [] }, { refusalProbability: 1e-6, targetOpensPerSecond: null });

  it.each<[string, string, string]>([
    ['nothing', '', 'report.json is empty'],
    ['a capture', 'State Recv-Q Send-Q\nESTAB 0 0', 'report.json is no report: it is no JSON object'],
    ['half a report', JSON.stringify(REPORT).slice(0, 300), 'report.json, line 1: this is no whole JSON'],
    ['an answer of plan', JSON.stringify(plan), 'report.json is an answer of fourtuple plan, and no report'],
    ['a later schema', '{"schema": 2}', 'report.json has schema 2'],
    ['some other JSON', '{"tiers": []}', 'report.json is no report: it has no schema number'],
    ['a member that is wrong', JSON.stringify({ ...REPORT, namespaces: 7 }), 'report.json: namespaces is 7'],
    ['no lane', JSON.stringify(reportOf([])), 'report.json has no lane'],
  ])('is refused, by its name, where it holds %s', (_, text, words) => {
    writeFileSync(file, text);
    const error = { code: 'FT_REPORT', message: expect.stringContaining(words), hint: expect.any(String) };
    expect(() => planFromStatus(file)).toThrow(expect.objectContaining(error));
  });

  it('is refused where it cannot be read', () => {
    const error = { code: 'FT_REPORT', message: expect.stringContaining(`${folder} cannot be read`) };
    expect(() => planFromStatus(folder)).toThrow(expect.objectContaining(error));
  });
});
