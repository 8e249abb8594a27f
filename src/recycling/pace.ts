import { setTimeout as sleep } from 'node:timers/promises';

/** No socket comes of age sooner after its close than a second: so two looks see it before. */
const SHORTEST_INTERVAL_SECONDS = 0.5;
const LONGEST_INTERVAL_SECONDS = 1;
/** How much of the time looks may take. */
const LOOKING_SHARE = 0.1;
/** Of a namespace with millions of sockets each look takes seconds: others need the machine too. */
const MOST_LOOKING_SHARE = 0.5;

/**
 * From the start of one look to the start of the next, in seconds: half a second, longer where looks take long.
 *
 * @param lookSeconds how long the last one took
 */
export function lookInterval(lookSeconds: number): number {
  const wanted = Math.min(LONGEST_INTERVAL_SECONDS, lookSeconds / LOOKING_SHARE);
  return Math.max(SHORTEST_INTERVAL_SECONDS, wanted, lookSeconds / MOST_LOOKING_SHARE);
}

/** Waits until a time of `performance.now()`, or less long: until it is aborted. */
export async function pauseUntil(time: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.max(0, Math.ceil(time - performance.now())), undefined, { signal }).catch(() => {});
}
