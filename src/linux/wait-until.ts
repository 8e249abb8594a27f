/** How long the thread sleeps between two looks. */
const SLEEP_MS = 1;

/**
 * Blocks the thread until something holds that takes the kernel a moment. It is looked at once without waiting.
 *
 * @returns false where it still does not hold after `longestMs`
 */
export function waitUntil(holds: () => boolean, longestMs: number): boolean {
  const end = performance.now() + longestMs;
  for (;;) {
    if (holds()) return true;
    if (performance.now() >= end) return false;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SLEEP_MS);
  }
}
