/** Seconds that pass steadily, from some moment on. */
export function seconds(): number {
  return performance.now() / 1_000;
}
