import type { Plot, Series } from '../lab-report.ts';

/** Of a curve: more are not seen. */
const MOST_POINTS = 100;

/** What the curve is compared with, in opens per second. */
export interface OpensRates {
  readonly predicted: number;
  /** Of the same lane without the remedy. */
  readonly without: number;
}

/**
 * How connections add up on a lane.
 *
 * @param openedAt when each was opened, in seconds, ascending
 */
export function opensPlot(title: string, openedAt: Float64Array, { predicted, without }: OpensRates): Plot {
  const start = openedAt[0] ?? 0;
  const end = (openedAt.at(-1) ?? start) - start;
  const line = (name: string, perSecond: number): Series => ({
    name,
    points: [
      [0, 0],
      [end, perSecond * end],
    ],
  });
  return {
    title,
    x: { label: 'time', unit: 'seconds' },
    y: { label: 'opens', unit: 'count' },
    series: [
      { name: 'measured', points: pointsOf(openedAt, start) },
      line('predicted', predicted),
      line('predicted without it', without),
    ],
    marks: [],
  };
}

/** The last one is among them. */
function pointsOf(openedAt: Float64Array, start: number): [number, number][] {
  const points = Math.min(MOST_POINTS, openedAt.length);
  return Array.from({ length: points }, (_, index) => {
    const count = Math.ceil(((index + 1) * openedAt.length) / points);
    return [(openedAt[count - 1] as number) - start, count];
  });
}
