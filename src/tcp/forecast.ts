/** What is known of a lane's slots and of its load, for a forecast. Seconds from now, and per second. */
export interface LaneLoad {
  readonly slots: number;
  /** Slots that `connect()` cannot take: slots − free. */
  readonly held: number;
  /** How many held slots make the cliff; null where the lane has none. */
  readonly cliffAt: number | null;
  readonly opensPerSecond: number;
  /** Connections that close and leave their slot free at once. */
  readonly freedAtOncePerSecond: number;
  /** Connections that close and hold their slot for `afterCloseSeconds`. */
  readonly heldAfterClosePerSecond: number;
  /** How long a slot is held after the close, on average. */
  readonly afterCloseSeconds: number;
  /** How many of the slots held after a close have their time over in each of the next seconds; overdue ones in the first. */
  readonly releases: ArrayLike<number>;
  /** What is over is released together, once in so many seconds: the granule of the kernel's timers, 0 for at once. */
  readonly granuleSeconds: number;
}

/** What will become of a lane under its present load; null where it will not be, or that is not known. */
export interface Forecast {
  /** 0 past the cliff. */
  readonly secondsToCliff: number | null;
  /** 0 where no slot is free. */
  readonly secondsToExhaustion: number | null;
  /** The utilization that it comes to and keeps, 0 to 1; null where it runs out, or more close than open. */
  readonly settlesAt: number | null;
}

/** Rates that differ by less than this part of the opens are the same: what is left when floating numbers are summed. */
const SAME_RATE = 1e-9;

/**
 * When a lane comes to the cliff and when it is exhausted, or where it settles, if connections go on to open and to close
 * as they do now:
 *
 *     held(t) = held + (opens − freed at once) · t − released(t) − held after close · max(0, t − after close)
 *
 * The releases of what is closed already are known, each to within a granule of the kernel's timers. Where the mean of held
 * slots stays below all slots and only its peak, before a granule ends, does not, the lane is exhausted at that peak.
 */
export function forecast(load: LaneLoad): Forecast {
  const mean = walk(load, load.granuleSeconds / 2);
  const exhausted = mean.firstAt(load.slots) ?? walk(load, load.granuleSeconds).firstAt(load.slots);
  const { slope, held } = mean.end;
  return {
    secondsToCliff: load.cliffAt === null ? null : mean.firstAt(load.cliffAt),
    secondsToExhaustion: exhausted,
    settlesAt: exhausted === null && slope === 0 ? Math.max(0, held / load.slots) : null,
  };
}

/** The held slots over time: straight from each point to the next, and on with the slope of the end. */
interface Course {
  /** @returns when so many slots are held for the first time; null for never */
  firstAt(held: number): number | null;
  readonly end: { readonly held: number; readonly slope: number };
}

/** @param lateSeconds how long after its time a slot is released */
function walk(load: LaneLoad, lateSeconds: number): Course {
  const { opensPerSecond, freedAtOncePerSecond, heldAfterClosePerSecond, releases } = load;
  const start = load.afterCloseSeconds - load.granuleSeconds / 2 + lateSeconds;
  const growth = opensPerSecond - freedAtOncePerSecond;
  const times = [0];
  const counts = [load.held];
  let time = 0;
  let held = load.held;
  const goTo = (until: number, slope: number): void => {
    held += slope * (until - time);
    time = until;
    times.push(time);
    counts.push(held);
  };
  for (let second = 0; second < releases.length; second += 1) {
    // What is overdue goes before what has its time over within the first second, at the same pace.
    const until = second + 1 + lateSeconds;
    const slope = growth - (releases[second] as number) / (until - time);
    if (time < start && start < until) goTo(start, slope);
    goTo(until, time < start ? slope : slope - heldAfterClosePerSecond);
  }
  if (time < start) goTo(start, growth);
  const balance = growth - heldAfterClosePerSecond;
  const slope = Math.abs(balance) <= SAME_RATE * opensPerSecond ? 0 : balance;
  return { firstAt: (wanted) => firstAt(wanted, times, counts, slope), end: { held, slope } };
}

function firstAt(wanted: number, times: readonly number[], counts: readonly number[], slope: number): number | null {
  let [time = 0, held = 0] = [times[0], counts[0]];
  if (held >= wanted) return 0;
  for (let point = 1; point < times.length; point += 1) {
    const [nextTime = 0, nextHeld = 0] = [times[point], counts[point]];
    if (nextHeld >= wanted) return time + ((nextTime - time) * (wanted - held)) / (nextHeld - held);
    [time, held] = [nextTime, nextHeld];
  }
  return slope > 0 ? time + (wanted - held) / slope : null;
}
