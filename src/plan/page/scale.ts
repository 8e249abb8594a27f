/** Where a value stands on an axis, in the units of the drawing. */
export type Scale = (value: number) => number;

/** From 0 to `most` (above 0), on a line from `start` to `end`; values beyond stand at the ends. */
export function linearScale(most: number, start: number, end: number): Scale {
  return (value) => start + Math.min(1, Math.max(0, value / most)) * (end - start);
}

/** The logarithm, from 1 to `most` (above 1), on a line from `start` to `end`; values beyond stand at the ends. */
export function logScale(most: number, start: number, end: number): Scale {
  return (value) => start + Math.min(1, Math.log(Math.max(1, value)) / Math.log(most)) * (end - start);
}

/** About `count` round values from 0 to `most` (above 0): multiples of 1, 2 or 5 times a power of ten. */
export function roundTicks(most: number, count: number): number[] {
  const power = 10 ** Math.floor(Math.log10(most / count));
  const step = power * ([1, 2, 5].find((times) => times * power * count >= most) ?? 10);
  return Array.from({ length: Math.floor((most / step) * (1 + 1e-9)) + 1 }, (_, index) => index * step);
}

/** Powers of ten from 1 to `most` (a power of ten), at most `count`, each as far from the next. */
export function powerTicks(most: number, count: number): number[] {
  const powers = Math.round(Math.log10(most));
  const step = Math.max(1, Math.ceil(powers / Math.max(1, count - 1)));
  return Array.from({ length: Math.floor(powers / step) + 1 }, (_, index) => 10 ** (index * step));
}

const UNITS = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/** A short number for an axis: `0`, `0.5`, `400`, `1.2k`, `50M`, `1e+18`. */
export function tickText(value: number): string {
  if (value >= 1e15 || (value > 0 && value < 1e-3)) return Number(value.toPrecision(3)).toExponential();
  const [size, unit] = UNITS.find(([least]) => value >= least) ?? [1, ''];
  return `${Number((value / size).toPrecision(3))}${unit}`;
}
