import type { HistorySpan } from '../../agent/history/history.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** `2026-11-20 03:12:07`, in the time zone of this process, as people who ask for a time mean it. */
export function formatLocal(ms: number): string {
  const offset = new Date(ms).getTimezoneOffset() * MINUTE_MS;
  return new Date(ms - offset).toISOString().slice(0, 19).replace('T', ' ');
}

/** How this process's zone is off from UTC then: `UTC`, `UTC+1`, `UTC+5:30`. */
export function formatZone(ms: number): string {
  const minutes = -new Date(ms).getTimezoneOffset();
  if (minutes === 0) return 'UTC';
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes > 0 ? '+' : '-'}${hours}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`;
}

/** A time within a span: without the day where it is within one. */
export function formatWithin(ms: number, { sinceMs, untilMs }: HistorySpan): string {
  return untilMs - sinceMs < DAY_MS ? formatLocal(ms).slice(11) : formatLocal(ms).slice(5, 16);
}
