/** What the TIME_WAIT sockets of a lane say about how often it is opened. */
export interface TimeWaitAges {
  readonly timeWait: number;
  readonly ageUnknown: number;
  readonly closedInLastSecond: number;
  readonly closedInLastTen: number;
  /** Those whose time is not over yet. */
  readonly closedInLastMinute: number;
  /** Those younger than the reuse delay. */
  readonly youngerThanDelay: number;
  readonly oldestMs: number;
}

/** New connections per second over the last second, ten seconds and minute; null where that cannot be known. */
export interface OpenRates {
  readonly second: number | null;
  readonly tenSeconds: number | null;
  readonly minute: number | null;
}

/** A count of closes, and how many seconds back it reaches. */
interface Window {
  readonly closes: number;
  readonly seconds: number;
}

interface Windows {
  readonly second: Window | null;
  readonly tenSeconds: Window | null;
  readonly minute: Window | null;
}

const LENGTHS_MS = { second: 1_000, tenSeconds: 10_000, minute: 60_000 } as const;
/** Timers tell ages by the tick (4 ms at HZ=250): in less time than this there are too few ticks to tell a rate. */
const SHORTEST_WINDOW_MS = 50;
/** So many closes in a second give its rate to within a tenth (one standard deviation of a Poisson process). */
const ENOUGH_CLOSES = 100;
/** Rates that are further apart than so many standard deviations are not of the same load. */
const DEVIATIONS = 3;

/**
 * How often a lane is opened, from the ages of its TIME_WAIT sockets: where this end closes first, every connection leaves
 * one behind. A window reaches back no further than the oldest of them nor, where reuse takes over what is older, than
 * the reuse delay: then the windows that are longer than the delay, but for the shortest of them, are not known.
 *
 * @param reused whether reuse applies; it counts as if it did where that is not known
 */
export function openRates(ages: TimeWaitAges, reused: boolean | null, reuseDelayMs: number): OpenRates {
  const { second, tenSeconds, minute } = windowsOf(ages, reused, reuseDelayMs);
  return { second: rateOf(second), tenSeconds: rateOf(tenSeconds), minute: rateOf(minute) };
}

/**
 * The present rate: that of the longest window, unless a shorter one differs from what was before by more than chance. So a
 * steady load has a precise rate, and one that has changed is followed at once. The last second counts only where it
 * holds, or should hold, a hundred closes.
 *
 * @returns null where no TIME_WAIT shows it: the other end closes first, or nothing does
 */
export function opensFromAges(ages: TimeWaitAges, reused: boolean | null, reuseDelayMs: number): number | null {
  const { second, tenSeconds, minute } = windowsOf(ages, reused, reuseDelayMs);
  const lately = differs(tenSeconds, minute) ? tenSeconds : (minute ?? tenSeconds);
  if (second === null || lately === null) return rateOf(lately ?? second);
  return rateOf(isTelling(second, lately) && differs(second, lately) ? second : lately);
}

/**
 * The present rate, from how many closed in each of the last seconds: that of the longest time in which no younger part
 * differs from what was before by more than chance. More precise than {@link opensFromAges}: a load that has begun some
 * seconds ago is told by all of these.
 *
 * @param curve of a lane with TIME_WAIT sockets that reuse does not take over, see `releaseCurves`
 * @param oldestMs the age of the oldest of them
 */
export function opensFromCurve(curve: ArrayLike<number>, oldestMs: number): number {
  // What has its time over within the next second is mixed with what is overdue.
  const seconds = LENGTHS_MS.minute / LENGTHS_MS.second - 1;
  const closes = [0];
  for (let second = 0; second < seconds; second += 1) {
    const justNow = second === 0 ? (curve[seconds + 1] ?? 0) : 0;
    closes.push((closes[second] as number) + (curve[seconds - second] ?? 0) + justNow);
  }
  const back = (length: number): Window => ({ closes: closes[Math.ceil(length)] as number, seconds: length });
  let length = Math.min(seconds, Math.max(LENGTHS_MS.second, oldestMs) / LENGTHS_MS.second);
  while (length > 1 && !isSteady(back, length)) length = Math.ceil(length) - 1;
  return rateOf(back(length)) as number;
}

function isSteady(back: (length: number) => Window, length: number): boolean {
  const whole = back(length);
  for (let part = 1; part < length; part += 1) {
    const young = back(part);
    if ((part >= LENGTHS_MS.tenSeconds / LENGTHS_MS.second || isTelling(young, whole)) && differs(young, whole))
      return false;
  }
  return true;
}

/** Whether a window's youngest part holds enough closes to tell a rate or, by the rest, should. */
function isTelling(young: Window, whole: Window): boolean {
  const expected = (young.seconds * (whole.closes - young.closes)) / (whole.seconds - young.seconds);
  return young.closes >= ENOUGH_CLOSES || expected >= ENOUGH_CLOSES;
}

function windowsOf(ages: TimeWaitAges, reused: boolean | null, reuseDelayMs: number): Windows {
  if (ages.timeWait === 0 || ages.ageUnknown > 0) return { second: null, tenSeconds: null, minute: null };
  const counts = {
    second: ages.closedInLastSecond,
    tenSeconds: ages.closedInLastTen,
    minute: ages.closedInLastMinute,
  };
  const window = (name: keyof Windows, shorterMs: number): Window | null => {
    const length = LENGTHS_MS[name];
    if (reused === false || reuseDelayMs >= length) return windowOf(counts[name], length, ages.oldestMs);
    const hidden = reuseDelayMs <= shorterMs || reuseDelayMs < SHORTEST_WINDOW_MS;
    return hidden ? null : windowOf(ages.youngerThanDelay, reuseDelayMs, ages.oldestMs);
  };
  return {
    second: window('second', 0),
    tenSeconds: window('tenSeconds', LENGTHS_MS.second),
    minute: window('minute', LENGTHS_MS.tenSeconds),
  };
}

function windowOf(closes: number, lengthMs: number, oldestMs: number): Window {
  return { closes, seconds: Math.min(lengthMs, Math.max(LENGTHS_MS.second, oldestMs)) / 1_000 };
}

function rateOf(window: Window | null): number | null {
  return window === null ? null : window.closes / window.seconds;
}

/** Whether the rate of a window's youngest part is another than that of the rest, by more than chance. */
function differs(young: Window | null, whole: Window | null): boolean {
  if (young === null || whole === null) return false;
  const rest = { closes: whole.closes - young.closes, seconds: whole.seconds - young.seconds };
  if (rest.seconds <= 0) return rest.closes > 0;
  const variance = (whole.closes / whole.seconds) * (1 / young.seconds + 1 / rest.seconds);
  return Math.abs(young.closes / young.seconds - rest.closes / rest.seconds) > DEVIATIONS * Math.sqrt(variance);
}
