/** What stands where something is not known. */
export const UNKNOWN = 'unknown';

const COUNT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `28,232` */
export function formatCount(count: number | null): string {
  return count === null ? UNKNOWN : COUNT.format(count);
}

/** A rate per second: `447`, `4.5`, `0`. */
export function formatRate(perSecond: number | null): string {
  if (perSecond === null) return UNKNOWN;
  return perSecond === 0 || perSecond >= 9.95 ? formatCount(perSecond) : perSecond.toFixed(1);
}

/** A ratio from 0 to 1 as `98.9%`; never rounded up to 100 or down to 0. */
export function formatShare(ratio: number | null): string {
  if (ratio === null) return UNKNOWN;
  if (ratio > 0 && ratio < 0.001) return '<0.1%';
  if (ratio < 1 && ratio > 0.999) return '>99.9%';
  return `${(100 * ratio).toFixed(ratio === 1 || ratio === 0 ? 0 : 1)}%`;
}

/** A ratio where one digit less is enough: `43%`; never rounded up to 100 or down to 0. */
export function formatRoughShare(ratio: number | null): string {
  if (ratio === null) return UNKNOWN;
  if (ratio > 0 && ratio < 0.01) return '<1%';
  if (ratio < 1 && ratio > 0.99) return '>99%';
  return `${Math.round(100 * ratio)}%`;
}

/** A duration: `0.9 ms`, `34 ms`, `1.2 s`. */
export function formatSeconds(seconds: number | null): string {
  if (seconds === null) return UNKNOWN;
  if (seconds < 0.9995) return `${(seconds * 1e3).toFixed(seconds < 0.01 ? 1 : 0)} ms`;
  return `${seconds.toFixed(Number.isInteger(seconds) ? 0 : 1)} s`;
}

/** A time from now: `under 1 s`, `4.5 s`, `45 s`, `4 min 10 s`, `2 h 5 min`, `3 days`. */
export function formatWait(seconds: number): string {
  if (seconds < 1) return 'under 1 s';
  if (seconds < 9.95) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  if (whole < 120) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`;
}

/** `1 lane`, `2 lanes`, `2 processes`. */
export function plural(count: number, noun: string, nouns: string = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : nouns}`;
}
