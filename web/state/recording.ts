import type { LaneJson, SampleJson } from '../agent/json.ts';
import { type Course, emptyCourse } from '../words/course.ts';
import { laneKey, nameLane, namespaceLabel } from '../words/lane-name.ts';

/** Rows of a lane, at one a second: a quarter of an hour. */
const MOST_ROWS = 900;
/** Lanes of one sample: what is not among the fullest so many is not recorded. */
const MOST_LANES = 200;

interface Recorded {
  course: Course;
  refusedTotal: number | null;
  lastAt: number;
}

const recorded = new Map<string, Recorded>();

/** What this page saw itself of a lane since it was opened; null for a lane that it never saw. */
export function recordedCourse(key: string): Course | null {
  return recorded.get(key)?.course ?? null;
}

export function recordSample(sample: SampleJson): void {
  const at = Date.parse(sample.takenAt) / 1000;
  if (!Number.isFinite(at)) return;
  let count = 0;
  const perNamespace = Math.max(1, Math.floor(MOST_LANES / Math.max(1, sample.namespaces.length)));
  for (const namespace of sample.namespaces) {
    const label = namespaceLabel(namespace);
    for (const lane of namespace.lanes.slice(0, perNamespace)) {
      if (count >= MOST_LANES) break;
      count += 1;
      record(laneKey(nameLane(label, lane)), lane, at);
    }
  }
  if (recorded.size > 2 * MOST_LANES) forgetOldest();
}

function record(key: string, lane: LaneJson, at: number): void {
  let known = recorded.get(key);
  if (known === undefined) {
    known = { course: emptyCourse(), refusedTotal: null, lastAt: 0 };
    recorded.set(key, known);
  }
  // A clock that was set back: what came before cannot be drawn together with what comes now.
  if (at <= known.lastAt) {
    if (known.lastAt - at < 1) return;
    known.course = emptyCourse();
  }
  const total = lane.refusedConnects ?? null;
  const refused = total === null || known.refusedTotal === null ? null : Math.max(0, total - known.refusedTotal);
  known.refusedTotal = total;
  known.lastAt = at;
  appendRow(known.course, at, lane, refused);
  if (known.course.times.length > MOST_ROWS) {
    for (const column of Object.values(known.course)) column.splice(0, MOST_ROWS / 10);
  }
}

function appendRow(course: Course, at: number, lane: LaneJson, refused: number | null): void {
  course.times.push(at);
  course.slots.push(lane.slots);
  course.used.push(lane.used);
  course.live.push(lane.live);
  course.held.push(lane.free === null ? null : lane.slots - lane.free);
  course.opens.push(lane.opensPerSecond);
  course.refused.push(refused);
}

function forgetOldest(): void {
  const byAge = [...recorded].sort(([, a], [, b]) => a.lastAt - b.lastAt);
  for (const [key] of byAge.slice(0, MOST_LANES)) recorded.delete(key);
}
