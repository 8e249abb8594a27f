import { describe, expect, it } from 'vitest';
import { opensPlot } from './opens-plot.ts';

const RATES = { predicted: 10, without: 1 };

describe('the plot of opens', () => {
  it('counts from the first open to the last, beside what was predicted', () => {
    const { series } = opensPlot('opens', Float64Array.of(7, 7.1, 7.5), RATES);
    expect(series.map(({ name }) => name)).toEqual(['measured', 'predicted', 'predicted without it']);
    expect(series[0]?.points).toEqual([
      [0, 1],
      [expect.closeTo(0.1), 2],
      [0.5, 3],
    ]);
    expect(series.slice(1).map(({ points }) => points[1])).toEqual([
      [0.5, 5],
      [0.5, 0.5],
    ]);
  });

  it('has no more points than are seen, the last one among them', () => {
    const openedAt = Float64Array.from({ length: 1_234 }, (_, index) => index / 100);
    const [measured] = opensPlot('opens', openedAt, RATES).series;
    expect(measured?.points).toHaveLength(100);
    expect(measured?.points.at(-1)).toEqual([12.33, 1_234]);
  });

  it('is empty where nothing was opened', () => {
    expect(opensPlot('opens', new Float64Array(), RATES).series[0]?.points).toEqual([]);
  });
});
