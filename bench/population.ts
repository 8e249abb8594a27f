import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { progress } from './progress.ts';

const HOLDER = fileURLToPath(new URL('./holder.js', import.meta.url));
/** More at a time do not start sooner: they are busy connecting. */
const STARTED_AT_ONCE = 4;

/** How many sockets there are to be. A pair is a connection's two ends, of which one is outbound. */
export interface PopulationSize {
  readonly processes: number;
  readonly pairs: number;
}

const holders = new Set<ChildProcess>();

/** Starts processes that hold connections in the current network namespace. */
export async function populate({ processes, pairs }: PopulationSize, mode: 'few' | 'many'): Promise<void> {
  let next = 0;
  let ready = 0;
  const startSome = async (): Promise<void> => {
    while (next < processes) {
      const holder = fork(HOLDER, [`${next}`, `${pairs}`, mode], { execArgv: [] });
      next += 1;
      holders.add(holder);
      await readiness(holder);
      ready += 1;
      progress(`${ready * pairs * 2} of ${processes * pairs * 2} sockets`);
    }
  };
  await Promise.all(Array.from({ length: STARTED_AT_ONCE }, startSome));
}

async function readiness(holder: ChildProcess): Promise<void> {
  const ended = new AbortController();
  try {
    await Promise.race([
      once(holder, 'message', { signal: ended.signal }),
      once(holder, 'exit', { signal: ended.signal }).then(([code]) => {
        throw new Error(`a process that should hold sockets ended with exit code ${code}`);
      }),
    ]);
  } finally {
    ended.abort();
  }
}

/** Ends the processes, and with them their sockets. */
export async function depopulate(): Promise<void> {
  const gone = [...holders].map(async (holder) => {
    if (holder.exitCode !== null || holder.signalCode !== null) return;
    const exit = once(holder, 'exit');
    holder.kill('SIGKILL');
    await exit;
  });
  await Promise.all(gone);
  holders.clear();
}

/** At once, where there is no time to wait. */
export function killHolders(): void {
  for (const holder of holders) holder.kill('SIGKILL');
}
