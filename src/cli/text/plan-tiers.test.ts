import { describe, expect, it } from 'vitest';
import { tierLike } from '../../../test/kit/tiers.ts';
import { answerPlan } from '../../plan/answer.ts';
import { renderTiers } from './plan-tiers.ts';
import type { Screen } from './screen.ts';

const NARROW: Screen = { width: 80, colour: false, unicode: true };

function namesOn(screen: Screen, names: readonly string[]): string[] {
  const tiers = names.map((name) => tierLike({ name }));
  const report = answerPlan({ tiers }, { refusalProbability: 1e-6, targetOpensPerSecond: null });
  const rows = renderTiers(report.tiers, screen);
  for (const row of rows) expect(row.length).toBeLessThanOrEqual(screen.width);
  return rows.slice(1).map((row) => row.slice(0, row.search(/ {2,}|(?<=…) /)));
}

describe('the tiers as a table', () => {
  it('shortens names on a narrow screen', () => {
    expect(namesOn(NARROW, ['a long name of a tier'])[0]).toMatch(/^a long name.*…$/);
  });

  it('but tells them apart, where it can', () => {
    const lanes = ['10.0.0.5 → 10.0.1.9:8080', '10.0.0.5 → 10.0.1.9:8081'];
    expect(namesOn(NARROW, lanes)).toEqual(lanes);
    const long = [
      '2001:db8:1234:5678:9abc:def0:1:2 → [2001:db8::1]:80',
      '2001:db8:1234:5678:9abc:def0:1:2 → [2001:db8::1]:81',
    ];
    expect(namesOn(NARROW, long)[0]).toMatch(/^2001:db8:1234:5678:9abc:def0:1:2.*…$/);
  });
});
