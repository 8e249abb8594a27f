const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DAY = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });

/** `12:00:07`, in the reader's own time. */
export function formatClock(atMs: number): string {
  return Number.isFinite(atMs) ? CLOCK.format(atMs) : 'at an unknown time';
}

/** `Fri 20 Nov, 12:00:07`, in the reader's own time. */
export function formatInstant(atMs: number): string {
  return Number.isFinite(atMs) ? `${DAY.format(atMs)}, ${CLOCK.format(atMs)}` : 'at an unknown time';
}
