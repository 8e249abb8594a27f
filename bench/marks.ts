import type { Measurement } from './measurement.ts';

/** What a measured value may be at most. */
export interface Mark {
  readonly name: string;
  readonly measured: number;
  readonly limit: number;
  readonly unit: '' | ' MB' | ' ms';
}

export function isMet({ measured, limit }: Mark): boolean {
  return measured <= limit;
}

/**
 * The marks of a case by itself.
 *
 * @param kernelLimit the time of a census, of that inside recv: what is ours weighs more where the kernel is done in a
 *   few milliseconds
 */
export function censusMarks(measured: Measurement, peakLimit: number, kernelLimit: number): Mark[] {
  const { name } = measured;
  return [
    { name: `${name}: time, of that of ss -tan`, measured: measured.ours / measured.statistics, limit: 0.3, unit: '' },
    {
      name: `${name}: time, of that inside recv`,
      measured: measured.ours / measured.kernel,
      limit: kernelLimit,
      unit: '',
    },
    peakMark(measured, peakLimit),
  ];
}

/** The marks of the case with many lanes; the one with few lanes is what its time is held against. */
export function manyLanesMarks(many: Measurement, few: Measurement | undefined): Mark[] {
  const peak = peakMark(many, 220);
  if (few === undefined) return [peak];
  return [
    { name: `${many.name}: time, of that of ${few.name}`, measured: many.ours / few.ours, limit: 1.6, unit: '' },
    peak,
  ];
}

function peakMark({ name, peakMegabytes }: Measurement, limit: number): Mark {
  return { name: `${name}: peak memory`, measured: peakMegabytes, limit, unit: ' MB' };
}
