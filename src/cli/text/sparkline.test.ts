import { describe, expect, it } from 'vitest';
import type { LaneSeries } from '../../agent/history/history.ts';
import { renderSparkline } from './sparkline.ts';

const span = { sinceMs: 0, untilMs: 8_000 };

/** A lane of 100 slots, by second. */
function lane(used: Readonly<Record<number, number>>, stepSeconds = 1): LaneSeries {
  const rows = Object.entries(used).map(([time, count]) => ({ time: Number(time), count }));
  const all = <T>(value: T): T[] => rows.map(() => value);
  return {
    ...{ namespace: 'host', source: '10.0.0.5', destination: '10.0.1.9', port: 80, device: null, stepSeconds },
    ...{ times: rows.map(({ time }) => time), slots: all(100), used: rows.map(({ count }) => count), live: all(0) },
    ...{ timeWait: all(0), reclaimable: all(0), opensPerSecond: all(null), secondsToCliff: all(null) },
    ...{ secondsToExhaustion: all(null), refusedConnects: all(null) },
  };
}

describe('how full a lane was', () => {
  it('is a sign for each part of the time, the highest for a full lane only', () => {
    const filling = lane({ 0: 0, 1: 14, 2: 15, 3: 30, 4: 60, 5: 90, 6: 99, 7: 100 });
    expect(renderSparkline(filling, span, 8, true)).toBe('▁▁▂▃▅▇▇█');
    expect(renderSparkline(filling, span, 8, false)).toBe('..:-+%%#');
  });

  it('is the fullest of each part, so that no peak is lost', () => {
    expect(renderSparkline(lane({ 0: 1, 1: 100, 2: 1, 3: 1, 4: 1, 5: 1, 6: 50, 7: 1 }), span, 2, true)).toBe('█▄');
  });

  it('goes on for the whole of a step, and is blank where there is none', () => {
    expect(renderSparkline(lane({ 0: 50, 6: 50 }, 2), span, 8, true)).toBe('▄▄    ▄▄');
    expect(renderSparkline(lane({ 3: 50 }), span, 8, true)).toBe('   ▄    ');
    expect(renderSparkline(lane({}), span, 4, true)).toBe('    ');
  });
});
