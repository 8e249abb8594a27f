import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import type { HistoryEvent, HistoryStore, LaneSeries, SeriesQuery } from '../../src/agent/history/history.ts';
import { openHistory } from '../../src/agent/history/open-history.ts';
import type { NamespaceSample, Sample } from '../../src/agent/sample.ts';
import { temporaryFolder } from './proxies.ts';
import { busyLane, HandClock, namespaceSample, sampleAt } from './samples.ts';

/** A history that a test writes, with a clock that it sets. */
export interface TestedHistory {
  readonly file: string;
  readonly store: HistoryStore;
  readonly clock: HandClock;
  /** What was told, oldest first. */
  readonly events: HistoryEvent[];
  /** Appends samples of these namespaces, with so many milliseconds after each. */
  take(times: number, namespaces: (index: number) => readonly NamespaceSample[], stepMs?: number): void;
}

/** Opens a history until the test ends: a new one where no file is given. */
export async function keepHistory(
  options: { readonly file?: string; readonly clock?: HandClock; readonly mostBytes?: number } = {},
): Promise<TestedHistory> {
  const { file = join(temporaryFolder(), 'history.db'), clock = new HandClock(), mostBytes = 64_000_000 } = options;
  const events: HistoryEvent[] = [];
  const store = await openHistory({ file, mostBytes }, (event) => events.push(event), clock);
  if (store === null) expect.fail(`no history: ${JSON.stringify(events)}`);
  onTestFinished(() => store.close());
  return {
    ...{ file, store, clock, events },
    take(times, namespaces, stepMs = 1_000) {
      for (let index = 0; index < times; index += 1) {
        store.append(sampleAt(clock.wallMs, namespaces(index)));
        clock.pass(stepMs);
      }
    },
  };
}

/** A sample of the host with one lane that holds so many slots in TIME_WAIT. */
export function oneLane(atMs: number, timeWait: number): Sample {
  return sampleAt(atMs, [hostWith(timeWait)]);
}

/** The host with one lane that holds so many slots in TIME_WAIT. */
export function hostWith(timeWait: number): NamespaceSample {
  return namespaceSample([busyLane(0, timeWait)]);
}

/** All lanes, all rows, where nothing else is asked for. */
export function seriesOf(store: Pick<HistoryStore, 'series'>, query: Partial<SeriesQuery> = {}): readonly LaneSeries[] {
  const all = { sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER, mostRows: 1e9, mostLanes: 1e9 };
  return store.series({ matches: () => true, ...all, ...query });
}
