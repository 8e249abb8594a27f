/** With what the process ends where nobody takes what it says. */
export interface EndCodes {
  /** Whoever reads has enough. */
  closed(): number;
  readonly failed: number;
}

/** `fourtuple … | head`: whoever reads has enough, and that is no failure. A full disk is one, and has its message. */
export function endOnClosedOutput({ closed, failed }: EndCodes): void {
  process.stderr.on('error', () => {
    if (!goesOn) process.exit(failed);
  });
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(closed());
    process.stderr.write(`fourtuple: the output cannot be written: ${error.message}\n`);
    process.exit(failed);
  });
}

let goesOn = false;

/** Runs what must come to its end also where nobody hears of it any more: a terminal may go away, and the reader of a pipe. */
export async function goingOnUnheard<T>(work: () => Promise<T>): Promise<T> {
  goesOn = true;
  try {
    return await work();
  } finally {
    goesOn = false;
  }
}

/** Writes to standard output and waits until it is taken: a large report never piles up in memory. */
export async function print(text: string): Promise<void> {
  if (process.stdout.write(text)) return;
  await new Promise<void>((resolve) => void process.stdout.once('drain', resolve));
}
