/** What a shell shows for a process that a signal ended (128 and its number). */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;
type Signal = keyof typeof EXIT_CODES;

/**
 * Waits for `work`, and on Ctrl-C or SIGTERM for nothing more: `last` has its say, and the process ends. A second signal
 * ends it at once.
 */
export async function untilInterrupted<T>(work: () => Promise<T>, last: () => Promise<void>): Promise<T> {
  const signals = Object.keys(EXIT_CODES) as Signal[];
  let isEnding = false;
  const end = (signal: Signal): void => {
    isEnding = true;
    for (const one of signals) process.off(one, end);
    void last().finally(() => process.exit(EXIT_CODES[signal]));
  };
  for (const signal of signals) process.on(signal, end);
  try {
    const result = await work();
    // Else its caller would go on while the process ends.
    return await (isEnding ? new Promise<never>(() => {}) : result);
  } finally {
    for (const signal of signals) process.off(signal, end);
  }
}
