import type { Traffic } from './topology.ts';

/**
 * The requests per second of the whole tier that its ports must carry: those of the day's peak where there is a day's curve,
 * since slots are held for a minute, and an hour is long beside that.
 */
export function peakRequestsPerSecond({ requestsPerSecond, pattern }: Traffic): number {
  return pattern.kind === 'day' ? requestsPerSecond * Math.max(...pattern.shares) : requestsPerSecond;
}
