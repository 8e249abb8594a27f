import { linearScale, logScale, powerTicks, roundTicks, tickText } from '../plan/page/scale.ts';
import { withUnit } from './figure-text.ts';
import type { Axis, Plot, Series } from './lab-report.ts';

/** Where the values of an axis stand. */
export interface PlotScale {
  /** 0 at its beginning, 1 at its end; values beyond stand at the ends. */
  position(value: number): number;
  /** About so many round values that stand on it. */
  ticks(count: number): number[];
}

export interface PlotScales {
  readonly x: PlotScale;
  readonly y: PlotScale;
}

/** The scales of both axes of a plot: all points and marks are on them. */
export function plotScales({ x, y, series, marks }: Plot): PlotScales {
  const points = series.flatMap(({ points }) => points);
  return {
    x: scaleOf(x, [...points.map(([value]) => value), ...marks.map((mark) => mark.x)]),
    y: scaleOf(
      y,
      points.map(([, value]) => value),
    ),
  };
}

/** What is less than the least stands for nothing, and there is no axis to what is more than the most. */
const [LEAST, MOST] = [1e-12, 1e18];

/** The points of a curve that can be drawn: the logarithm knows no zero. */
export function drawable({ points }: Series, { x, y }: Pick<Plot, 'x' | 'y'>): (readonly [number, number])[] {
  return points.filter(([one, other]) => isDrawable(x, one) && isDrawable(y, other));
}

function isDrawable({ isLogarithmic }: Axis, value: number): boolean {
  return Math.abs(value) <= MOST && (isLogarithmic !== true || value >= LEAST);
}

function scaleOf(axis: Axis, all: readonly number[]): PlotScale {
  const values = all.filter((value) => isDrawable(axis, value));
  const most = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  return axis.isLogarithmic === true ? logarithmic(least, most) : linear(axis, least, most);
}

/** From a power of ten to another one. */
function logarithmic(least: number, most: number): PlotScale {
  const [first, last] = least > most ? [0, 1] : [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))];
  const start = 10 ** first;
  const span = 10 ** Math.max(1, last - first);
  const scale = logScale(span, 0, 1);
  return {
    position: (value) => scale(value / start),
    // One power of ten is too few to read a value by.
    ticks: (count) => (span === 10 ? [1, 2, 5, 10] : powerTicks(span, count)).map((tick) => tick * start),
  };
}

/** A range that is narrower than this share of its end is shown by itself; else the axis begins at 0. */
const NARROW = 0.5;

function linear({ unit }: Axis, least: number, most: number): PlotScale {
  const end = unit === 'share' && most > NARROW && most <= 1 ? 1 : positive(most);
  const start = least > NARROW * end && least < end ? least : 0;
  const scale = linearScale(end - start, 0, 1);
  return {
    position: (value) => scale(value - start),
    ticks: (count) => {
      const [, step = end] = roundTicks(end - start, count);
      const first = Math.ceil(start / step - 1e-9);
      return Array.from({ length: Math.floor(end / step + 1e-9) - first + 1 }, (_, index) => (first + index) * step);
    },
  };
}

function positive(value: number): number {
  return value >= LEAST ? value : 1;
}

const UNITS = { share: '', count: '', seconds: 's', microseconds: 'µs', 'per second': '/s' } as const;

/** What an axis is about: `CPU per connect(), µs`. */
export function axisTitle({ label, unit }: Axis): string {
  return UNITS[unit] === '' ? label : `${label}, ${UNITS[unit]}`;
}

/** A value that stands alone: `50%`, `1.2k µs`. */
export function plotText(axis: Axis, value: number): string {
  return withUnit(axisText(axis, value), UNITS[axis.unit]);
}

/** A value at an axis: `50%`, `1.2k`. */
export function axisText({ unit }: Axis, value: number): string {
  return unit === 'share' ? `${Number((100 * value).toPrecision(3))}%` : tickText(value);
}
