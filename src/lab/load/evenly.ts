import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE_MS = 5;

/**
 * Paces work by the clock. What comes late comes in a burst.
 *
 * @param bring does what lacks of as much as is due by now; true ends it
 */
export async function evenly(perSecond: number, bring: (due: number) => boolean): Promise<void> {
  const start = performance.now();
  while (!bring(Math.floor(((performance.now() - start) / 1_000) * perSecond))) await sleep(PAUSE_MS);
}
