import { describe, expect, it } from 'vitest';
import type { Axis, Plot } from './lab-report.ts';
import { axisText, axisTitle, drawable, plotScales } from './plot-scale.ts';

const LINEAR: Axis = { label: 'time', unit: 'seconds' };
const LOGARITHMIC: Axis = { label: 'cost', unit: 'microseconds', isLogarithmic: true };
const SHARE: Axis = { label: 'used', unit: 'share' };

function plot(x: Axis, y: Axis, points: readonly (readonly [number, number])[], marks: readonly number[] = []): Plot {
  const series = [{ name: 'curve', points }];
  return { title: 'plot', x, y, series, marks: marks.map((at) => ({ x: at, label: 'mark' })) };
}

describe('the scale of an axis', () => {
  it('begins at 0 and ends with the last point or mark', () => {
    const { x } = plotScales(
      plot(
        LINEAR,
        LINEAR,
        [
          [1, 1],
          [40, 1],
        ],
        [80],
      ),
    );
    expect([0, 20, 80, 100].map(x.position)).toEqual([0, 0.25, 1, 1]);
    expect(x.ticks(4)).toEqual([0, 20, 40, 60, 80]);
  });

  it('shows a narrow range by itself', () => {
    const { x } = plotScales(
      plot(LINEAR, LINEAR, [
        [990, 1],
        [1_000, 2],
      ]),
    );
    expect([990, 995, 1_000].map(x.position)).toEqual([0, 0.5, 1]);
    expect(x.ticks(5)).toEqual([990, 992, 994, 996, 998, 1_000]);
  });

  it('of shares ends at all', () => {
    const { x } = plotScales(
      plot(SHARE, LINEAR, [
        [0, 1],
        [0.98, 2],
      ]),
    );
    expect(x.position(0.5)).toBe(0.5);
    expect(x.ticks(5).map((value) => axisText(SHARE, value))).toEqual(['0%', '20%', '40%', '60%', '80%', '100%']);
  });

  it('that is logarithmic goes from a power of ten to another', () => {
    const { y } = plotScales(
      plot(LINEAR, LOGARITHMIC, [
        [0, 2],
        [1, 1_150],
      ]),
    );
    expect([1, 10, 100, 10_000].map((value) => Number(y.position(value).toFixed(6)))).toEqual([0, 0.25, 0.5, 1]);
    expect(y.ticks(5)).toEqual([1, 10, 100, 1_000, 10_000]);
    const below = plotScales(
      plot(LINEAR, LOGARITHMIC, [
        [0, 0.02],
        [1, 0.05],
      ]),
    ).y;
    expect([below.position(0.01), below.position(0.1)]).toEqual([0, 1]);
    expect(below.ticks(5)).toEqual([0.01, 0.02, 0.05, 0.1]);
  });

  it('is there where nothing is to be shown', () => {
    const { x, y } = plotScales(plot(LINEAR, LOGARITHMIC, []));
    expect([x.position(0), x.position(1), y.position(1), y.position(10)]).toEqual([0, 1, 0, 1]);
  });

  it('leaves out what a logarithm does not have', () => {
    const drawn = plot(LINEAR, LOGARITHMIC, [
      [0, 0],
      [1, -1],
      [2, 5],
      [3, Number.NaN],
      [Number.POSITIVE_INFINITY, 1],
    ]);
    expect(drawn.series.map((series) => drawable(series, drawn))).toEqual([[[2, 5]]]);
  });

  it('is named with its unit', () => {
    expect([LINEAR, LOGARITHMIC, SHARE].map(axisTitle)).toEqual(['time, s', 'cost, µs', 'used']);
  });
});
