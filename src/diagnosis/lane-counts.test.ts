import { describe, expect, it } from 'vitest';
import { censusOf, lane, ports, type Scene } from '../../test/kit/scans.ts';
import { parseLanePattern } from '../tcp/lane-pattern.ts';
import { LaneCounts, reportCounted, sumCounted } from './lane-counts.ts';
import type { CountedLaneReport } from './report.ts';

const SCENE: Scene = {
  sockets: [
    ...lane('10.0.0.5', '10.0.1.9', 80, ports(40_000, 40_020, 2)),
    ...lane('10.0.0.6', '10.0.1.9', 80, [40_000, 40_002, 40_004]),
    ...lane('10.0.0.6', '10.0.1.10', 80, [40_000, 40_002]),
    ...lane('2001:db8::7', '2001:db8:1::9', 80, [40_000]),
  ],
};
const UNKNOWN = { attempts: null, refusals: null };

function row(
  source: string | null,
  destination: string,
  attempts: number,
  refusals: number,
  port = 80,
): CountedLaneReport {
  return { source, destination, port, attempts, refusals, since: '2026-11-20T12:00:00.000Z' };
}

/** What is counted of each lane of the scene, by its source and destination. */
function countsOf(counted: readonly CountedLaneReport[], scene: Scene = SCENE): Record<string, unknown> {
  const census = censusOf(scene);
  const counts = new LaneCounts(census, counted);
  return Object.fromEntries(
    census.lanes().map((each) => [`${each.source} ${each.destination} ${each.device ?? ''}`.trim(), counts.of(each)]),
  );
}

describe('what is counted of a lane', () => {
  it('is what is counted of its two ends, and unknown where nothing counts it', () => {
    expect(countsOf([row('10.0.0.5', '10.0.1.9', 12, 1), row('10.0.0.6', '10.0.1.9', 0, 0)])).toEqual({
      '10.0.0.5 10.0.1.9': { attempts: 12, refusals: 1 },
      '10.0.0.6 10.0.1.9': { attempts: 0, refusals: 0 },
      '10.0.0.6 10.0.1.10': UNKNOWN,
      '2001:db8::7 2001:db8:1::9': UNKNOWN,
    });
    expect(new Set(Object.values(countsOf([])))).toEqual(new Set([UNKNOWN]));
  });

  it('is not that of another port', () => {
    expect(countsOf([row('10.0.0.5', '10.0.1.9', 12, 1, 81)])).toMatchObject({ '10.0.0.5 10.0.1.9': UNKNOWN });
  });

  it('is what all sources have in sum only where one of them holds slots', () => {
    expect(countsOf([row(null, '10.0.1.9', 20, 2), row(null, '10.0.1.10', 5, 1)])).toMatchObject({
      '10.0.0.5 10.0.1.9': UNKNOWN,
      '10.0.0.6 10.0.1.9': UNKNOWN,
      '10.0.0.6 10.0.1.10': { attempts: 5, refusals: 1 },
    });
  });

  it('is that of its prefix where it is the only lane of it', () => {
    const prefix = (source: string) => countsOf([row(source, '2001:db8:1::9', 3, 0)])['2001:db8::7 2001:db8:1::9'];
    expect(prefix('2001:db8::/64')).toEqual({ attempts: 3, refusals: 0 });
    expect(prefix('2001:db8:5::/64')).toEqual(UNKNOWN);
  });
});

describe('what is counted, as it is reported', () => {
  const ROWS = [
    row('10.0.0.5', '10.0.1.9', 12, 1),
    row('10.0.0.7', '10.0.1.9', 0, 0),
    row('10.0.0.6', '10.0.1.9', 40, 1),
    row(null, '10.0.1.10', 9, 9),
  ];

  it('has what was tried, most refusals first', () => {
    expect(reportCounted(ROWS, undefined).map(({ attempts }) => attempts)).toEqual([9, 40, 12]);
  });

  it.each([
    ['10.0.0.5>10.0.1.9:80', [12]],
    ['*>10.0.1.9:80', [40, 12]],
    // Of all sources together, it may be that one.
    ['10.0.0.5>*:80', [9, 12]],
    ['*:443', []],
  ])('has only what matches %s', (pattern, attempts) => {
    expect(reportCounted(ROWS, parseLanePattern(pattern)).map((one) => one.attempts)).toEqual(attempts);
  });
});

describe('what is counted in sum', () => {
  it('is that of all lanes, and of a connection that two have counted one', () => {
    expect(sumCounted([])).toEqual({ attempts: 0, refusals: 0 });
    const two = [row('10.0.0.5', '10.0.1.9', 12, 1), row('10.0.0.6', '10.0.1.9', 40, 2)];
    expect(sumCounted([...two, row('10.0.0.5', '10.0.1.10', 5, 4)])).toEqual({ attempts: 57, refusals: 7 });
    expect(sumCounted([...two, row(null, '10.0.1.9', 60, 2)])).toEqual({ attempts: 60, refusals: 3 });
  });
});
