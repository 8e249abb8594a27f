/** What stands where something is not known. */
export const UNKNOWN = '?';

/** `28,232`; rounded. (Intl.NumberFormat does the same, and takes 15 ms to load.) */
export function formatCount(count: number | null): string {
  return count === null ? UNKNOWN : String(Math.round(count)).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** A rate per second: `447`, `4.5`, `0`. */
export function formatRate(perSecond: number | null): string {
  if (perSecond === null) return UNKNOWN;
  return perSecond === 0 || perSecond >= 10 ? formatCount(perSecond) : perSecond.toFixed(1);
}

/** A ratio from 0 to 1 as `98.9%`; never rounded up to 100 or down to 0. */
export function formatShare(ratio: number | null): string {
  if (ratio === null) return UNKNOWN;
  if (ratio > 0 && ratio < 0.001) return '<0.1%';
  if (ratio < 1 && ratio > 0.999) return '>99.9%';
  return `${(100 * ratio).toFixed(ratio === 1 || ratio === 0 ? 0 : 1)}%`;
}

/** A duration: `0.9 ms`, `34 ms`, `1.2 s`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 0.9995) return `${(seconds * 1e3).toFixed(seconds < 0.01 ? 1 : 0)} ms`;
  return `${seconds.toFixed(Number.isInteger(seconds) ? 0 : 1)} s`;
}

/** A time from now: `under 1 s`, `4.5 s`, `45 s`, `4 min 10 s`, `2 h 5 min`. */
export function formatWait(seconds: number): string {
  if (seconds < 1) return 'under 1 s';
  if (seconds < 9.95) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  if (whole < 120) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `1 lane`, `2 lanes`, `2 processes`. */
export function plural(count: number, noun: string, nouns: string = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : nouns}`;
}
