import { computed, effect, signal } from '@preact/signals';
import type { SeriesJson } from '../agent/json.ts';
import { requestJson } from '../agent/request.ts';
import { type Course, emptyCourse } from '../words/course.ts';
import { type LaneName, laneKey } from '../words/lane-name.ts';
import { liveSample } from './connection.ts';
import { historyState } from './past.ts';
import { recordedCourse } from './recording.ts';
import { scene, selectedKey, selectedName } from './scene.ts';
import { chosenMoment, chosenRange } from './selection.ts';

/** So much of the width is what is to come. */
const AHEAD_SHARE = 0.2;
const MOST_POINTS = 720;
/** Without a history: the chart is at least so wide, in seconds, and grows with what is seen. */
const NARROWEST_SECONDS = 60;

interface Loaded {
  readonly key: string;
  readonly series: SeriesJson | null;
}

const loaded = signal<Loaded | null>(null);

/** From when to when the chart shows, in seconds since 1970, and the instant that is looked at. */
export interface Window {
  readonly since: number;
  readonly at: number;
  readonly until: number;
}

export const shownWindow = computed<Window | null>(() => {
  const takenAtMs = scene.value?.takenAtMs ?? Number.NaN;
  if (Number.isNaN(takenAtMs)) return null;
  const at = takenAtMs / 1000;
  const { seconds } = chosenRange.value;
  const seen = firstSeen();
  const back = seen === null ? seconds : Math.min(seconds, Math.max(NARROWEST_SECONDS, at - seen));
  return { since: at - back, at, until: at + AHEAD_SHARE * back };
});

/** What is known of the selected lane: the history's rows, and after them what this page saw itself. */
export const shownCourse = computed<Course>(() => {
  const window = shownWindow.value;
  const key = selectedKey.value;
  if (window === null || key === null) return emptyCourse();
  const known = loaded.value;
  const series = known?.key === key ? known.series : null;
  const isPast = scene.value?.when === 'past';
  const course = emptyCourse();
  if (series !== null) appendSeries(course, series);
  const last = course.times.at(-1) ?? Number.NEGATIVE_INFINITY;
  const own = isPast ? null : recordedCourse(key);
  // Another sample: what the page saw itself has grown.
  void liveSample.value;
  if (own !== null) appendOwn(course, own, last, window);
  return course;
});

export function followSeries(): void {
  effect(() => {
    const name = selectedName.value;
    const range = chosenRange.value.seconds;
    const at = chosenMoment.value;
    if (name === null || historyState.value.state !== 'kept') {
      loaded.value = null;
      return undefined;
    }
    const passed = new AbortController();
    const load = () => void readSeries(name, range, at, passed.signal);
    const first = setTimeout(load, at === null ? 0 : 120);
    const timer =
      at === null ? setInterval(load, Math.min(300_000, Math.max(10_000, (1_000 * range) / 60))) : undefined;
    return () => {
      clearTimeout(first);
      clearInterval(timer);
      passed.abort();
    };
  });
}

async function readSeries(name: LaneName, range: number, atMs: number | null, signal: AbortSignal): Promise<void> {
  const at = atMs === null ? Date.parse(liveSample.peek()?.takenAt ?? '') / 1000 || Date.now() / 1000 : atMs / 1000;
  const query = new URLSearchParams({
    since: String(Math.floor(at - range)),
    until: String(Math.ceil(atMs === null ? at + 1 : at + AHEAD_SHARE * range)),
    namespace: name.namespace,
    source: name.source,
    destination: name.destination,
    port: String(name.port),
    rows: String(MOST_POINTS),
  });
  try {
    const all = await requestJson<readonly SeriesJson[]>(`api/history?${query}`, signal);
    loaded.value = { key: laneKey(name), series: all.find(({ device }) => device === name.device) ?? null };
  } catch {
    // What this page saw itself is drawn without it, and the next try comes by itself.
  }
}

/** When this page saw the selected lane first; null where a history reaches further back. */
function firstSeen(): number | null {
  if (historyState.value.state === 'kept') return null;
  void liveSample.value;
  const key = selectedKey.value;
  return key === null ? null : (recordedCourse(key)?.times[0] ?? null);
}

function appendSeries(course: Course, series: SeriesJson): void {
  const gap = 2.5 * series.stepSeconds;
  const thinned = medianStep(series.times);
  let before: number | null = null;
  series.times.forEach((time, row) => {
    if (before !== null && time - before > Math.max(gap, 2.5 * thinned)) appendGap(course, before + 1e-3);
    before = time;
    const used = series.used[row] ?? null;
    const reclaimable = series.reclaimable[row] ?? null;
    course.times.push(time);
    course.slots.push(series.slots[row] ?? null);
    course.used.push(used);
    course.live.push(series.live[row] ?? null);
    course.held.push(used === null || reclaimable === null ? null : used - reclaimable);
    course.opens.push(series.opensPerSecond[row] ?? null);
    course.refused.push(series.refusedConnects[row] ?? null);
  });
}

function appendOwn(course: Course, own: Course, last: number, { since, at }: Window): void {
  const gap = 4 * Math.max(1, medianStep(own.times));
  let before = Number.isFinite(last) ? last : null;
  for (let row = 0; row < own.times.length; row += 1) {
    const time = own.times[row] as number;
    if (time <= last || time < since || time > at) continue;
    if (before !== null && time - before > gap) appendGap(course, before + 1e-3);
    before = time;
    course.times.push(time);
    for (const column of ['slots', 'used', 'live', 'held', 'opens', 'refused'] as const) {
      course[column].push(own[column][row] ?? null);
    }
  }
}

function appendGap(course: Course, time: number): void {
  course.times.push(time);
  for (const column of ['slots', 'used', 'live', 'held', 'opens', 'refused'] as const) course[column].push(null);
}

function medianStep(times: readonly number[]): number {
  const steps = times.slice(1).map((time, row) => time - (times[row] as number));
  steps.sort((a, b) => a - b);
  return steps[Math.floor(steps.length / 2)] ?? 1;
}
