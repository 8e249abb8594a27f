import { computed } from '@preact/signals';
import type { AlignedData } from 'uplot';
import type { LaneJson } from '../agent/json.ts';
import type { Course } from '../words/course.ts';
import { courseAhead } from '../words/course-ahead.ts';
import { selectedLane } from './scene.ts';
import { shownCourse, shownWindow, type Window } from './series.ts';

/** What the charts are painted from. */
export interface ChartData {
  readonly window: Window;
  readonly lane: LaneJson | null;
  readonly course: Course;
  /** Times, used, live, held, and what is held in the time to come. */
  readonly slots: AlignedData;
  /** Times, opens per second. */
  readonly opens: AlignedData;
  /** When connects found no port. */
  readonly refusedAt: readonly number[];
}

const NOTHING: Window = { since: 0, at: 1, until: 1.2 };
/** Where it is not known how long TIME_WAIT lasts. */
const TIME_WAIT_SECONDS = 60;

export const chartData = computed<ChartData>(() => {
  const window = shownWindow.value ?? NOTHING;
  const course = shownCourse.value;
  const view = selectedLane.value;
  const lane = view?.lane ?? null;
  const ahead =
    view === null
      ? []
      : courseAhead(view.lane, window.until - window.at, view.namespace.settings.timeWaitSeconds ?? TIME_WAIT_SECONDS);
  const times = new Set([...course.times, ...ahead.map(({ seconds }) => window.at + seconds)]);
  const sorted = [...times].sort((a, b) => a - b);
  const place = new Map(sorted.map((time, index) => [time, index]));
  const spread = (values: readonly (number | null)[]): (number | null | undefined)[] => {
    const column: (number | null | undefined)[] = new Array(sorted.length).fill(undefined);
    values.forEach((value, row) => {
      column[place.get(course.times[row] as number) as number] = value;
    });
    return column;
  };
  const aheadColumn: (number | null | undefined)[] = new Array(sorted.length).fill(undefined);
  for (const { seconds, held } of ahead) aheadColumn[place.get(window.at + seconds) as number] = held;
  return {
    window,
    lane,
    course,
    slots: [sorted, spread(course.used), spread(course.live), spread(course.held), aheadColumn] as AlignedData,
    opens: [sorted, spread(course.opens)] as AlignedData,
    refusedAt: course.times.filter((_, row) => (course.refused[row] ?? 0) > 0),
  };
});
