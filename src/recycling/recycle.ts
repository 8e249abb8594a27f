import { FourtupleError } from '../tcp/error.ts';
import { formatLane } from '../tcp/lane.ts';
import { noSuchLane } from './no-such-lane.ts';
import type { RecycleOptions } from './options.ts';
import { lookInterval, pauseUntil } from './pace.ts';
import type { RecycleSummary } from './progress.ts';
import { Recycler } from './recycler.ts';
import type { WatchedLane } from './watched-lane.ts';

export type { RecycleOptions } from './options.ts';
export type { RecycledLane, RecycleProgress, RecycleSummary } from './progress.ts';

/** A slot that has come of age waits no longer than this. */
const TICK_MS = 10;

/**
 * Releases TIME_WAIT slots of lanes that are fuller than the threshold, the oldest first: once, or again and again at a pace
 * that holds them below it. Live sockets are never touched.
 *
 * @throws FourtupleError FT_ARGUMENT where no lane matches (once), FT_REMEDY where no lane that matches may be recycled
 *   (once), FT_PRIVILEGE, FT_UNSUPPORTED, FT_NAMESPACE, FT_KERNEL
 */
export async function recycle(options: RecycleOptions): Promise<RecycleSummary> {
  const recycler = new Recycler(options);
  try {
    if (options.seconds === null || options.dryRun) await recycleOnce(recycler, options);
    else await recycleOn(recycler, options, options.seconds);
    return recycler.summary();
  } finally {
    recycler.close();
  }
}

async function recycleOnce(recycler: Recycler, options: RecycleOptions): Promise<void> {
  const census = await recycler.survey({ judgeAll: true });
  if (census.countMatching(options.pattern) === 0) throw noSuchLane(options.pattern, census);
  recycler.look(false);
  recycler.plan(0);
  if (!options.dryRun) refuseWhereAllAre(recycler.lanes);
  recycler.release();
  if (!options.dryRun) {
    recycler.look(false);
    recycler.plan(0);
  }
  options.onProgress?.(recycler.progress());
}

async function recycleOn(recycler: Recycler, options: RecycleOptions, seconds: number): Promise<void> {
  const end = performance.now() + 1_000 * seconds;
  const { signal = new AbortController().signal } = options;
  const isOver = (): boolean => signal.aborted || performance.now() >= end;
  let nextLook = performance.now();
  while (!isOver()) {
    await recycler.refresh();
    if (signal.aborted) return;
    recycler.look(true);
    nextLook = Math.max(nextLook + 1_000 * lookInterval(recycler.lookSeconds), performance.now());
    recycler.plan((nextLook - recycler.lookedAt) / 1_000 + recycler.lookSeconds);
    recycler.release();
    recycler.settle();
    options.onProgress?.(recycler.progress());
    while (performance.now() < nextLook && !isOver()) {
      const tick = Math.max(performance.now() + TICK_MS, recycler.nextDueAt);
      await pauseUntil(Math.min(tick, nextLook, end), signal);
      recycler.release();
    }
  }
}

function refuseWhereAllAre(lanes: readonly WatchedLane[]): void {
  const full = lanes.filter(({ demand }) => demand > 0).sort((a, b) => b.fullness - a.fullness);
  const [fullest] = full;
  if (fullest === undefined || !full.every(({ isRefused }) => isRefused)) return;
  const lane = fullest.toRecycled();
  throw new FourtupleError('FT_REMEDY', `${formatLane(lane)} may not be recycled: ${lane.reason}`, {
    hint: 'With --force it is released all the same: that is your own word.',
  });
}
