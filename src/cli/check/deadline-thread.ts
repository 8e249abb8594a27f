import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

/** What deadline.ts gives to its thread. */
export interface DeadlineData {
  /** Becomes 1 once somebody answers, who is the only one. */
  readonly answered: Int32Array;
  readonly milliseconds: number;
  readonly text: string;
  readonly exitCode: number;
}

const STANDARD_OUTPUT = 1;

async function expire({ answered, text, exitCode }: DeadlineData): Promise<void> {
  const { endProcess } = await import('../../linux/end-process.ts');
  if (Atomics.exchange(answered, 0, 1) !== 0) return;
  try {
    writeSync(STANDARD_OUTPUT, text);
  } finally {
    endProcess(exitCode);
  }
}

const data = workerData as DeadlineData;
setTimeout(() => void expire(data), data.milliseconds);
