import { describe, expect, it } from 'vitest';
import { parseAlertRange } from './alert-range.ts';
import { formatPerfdata } from './perfdata.ts';

describe('performance data', () => {
  it('have a value with its unit, thresholds and bounds, as far as there are any', () => {
    const [warning, critical] = [parseAlertRange('80'), parseAlertRange('@10:20')];
    expect(
      formatPerfdata([
        { label: 'utilization', value: 98.866_94, unit: '%', warning, critical, min: 0, max: 100 },
        { label: 'used', value: 27_911, min: 0, max: 28_231 },
        { label: 'refusals', value: 12, unit: 'c', critical },
        { label: 'plain', value: 0.000_04 },
        { label: 'open', value: 1, warning: null, max: null },
      ]),
    ).toBe('utilization=98.867%;80;@10:20;0;100 used=27911;;;0;28231 refusals=12c;;@10:20 plain=0 open=1');
  });

  it('have a U without a unit for what is not known', () => {
    expect(formatPerfdata([{ label: 'to_exhaustion', value: null, unit: 's', min: 0 }])).toBe('to_exhaustion=U;;;0');
  });

  it('have quotes around a label that needs them', () => {
    expect(formatPerfdata([{ label: "nobody's lane", value: 1 }])).toBe("'nobody''s lane'=1");
  });
});
