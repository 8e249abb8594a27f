import { Worker } from 'node:worker_threads';
import type { DeadlineData } from './deadline-thread.ts';

/** The end of the time that there is for an answer. */
export interface Deadline {
  /** To be awaited before an answer is given: never comes back where it is too late, for the process is ending. */
  met(): Promise<void>;
}

/**
 * Ends the process with an answer of its own where none has come in time. From a thread: a look at a million sockets, or at a
 * file that the kernel does not give, keeps this one from seeing any clock.
 *
 * @param seconds after the start of the process
 */
export function startDeadline(seconds: number, text: string, exitCode: number): Deadline {
  const answered = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const milliseconds = Math.max(0, seconds * 1_000 - performance.now());
  const workerData: DeadlineData = { answered, milliseconds, text, exitCode };
  const thread = new Worker(new URL('./deadline-thread.js', import.meta.url), { workerData });
  thread.unref();
  // Where no thread can be had, the answer comes when it comes.
  thread.on('error', () => {});
  return {
    async met() {
      if (Atomics.exchange(answered, 0, 1) !== 0) await new Promise<never>(() => {});
    },
  };
}
