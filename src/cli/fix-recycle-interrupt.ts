/** Also of a terminal that goes away. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs `work`, whose signal is aborted by the first Ctrl-C, SIGTERM or SIGHUP: it comes to its own end. The second one ends the
 * process at once.
 */
export async function endingOnInterrupt<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const leave = (): void => {
    for (const signal of SIGNALS) process.off(signal, end);
  };
  const end = (): void => {
    leave();
    controller.abort();
  };
  for (const signal of SIGNALS) process.on(signal, end);
  try {
    return await work(controller.signal);
  } finally {
    leave();
  }
}
