import type { LaneJson } from '../agent/json.ts';
import { formatCount, plural } from './numbers.ts';
import { describeOutlook } from './outlook.ts';

/** A lane over time, in columns of equal length, the oldest first; what is unknown is null. Seconds since 1970. */
export interface Course {
  readonly times: number[];
  readonly slots: (number | null)[];
  readonly used: (number | null)[];
  readonly live: (number | null)[];
  readonly held: (number | null)[];
  readonly opens: (number | null)[];
  /** Connects that found no port since the row before. */
  readonly refused: (number | null)[];
}

export function emptyCourse(): Course {
  return { times: [], slots: [], used: [], live: [], held: [], opens: [], refused: [] };
}

/** What the chart shows, for those who do not see it. */
export function describeCourse(course: Course, lane: LaneJson | null): string {
  const used = course.used.filter((count) => count !== null);
  if (used.length === 0) return 'Nothing is known of this lane in the time shown.';
  const [lowest, highest] = used.reduce(
    ([least, most], count) => [Math.min(least, count), Math.max(most, count)],
    [Number.POSITIVE_INFINITY, 0],
  );
  const refused = course.refused.reduce<number>((sum, count) => sum + (count ?? 0), 0);
  const parts = [
    `Between ${formatCount(lowest)} and ${formatCount(highest)} slots were used in the time shown, last ${formatCount(used.at(-1) ?? null)}`,
    ...(refused === 0 ? [] : [`${plural(refused, 'connect')} found no port`]),
    ...(lane === null ? [] : [`to come: ${describeOutlook(lane)}`]),
  ];
  return `${parts.join('; ')}.`;
}
