import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { NativeSocket } from './native-socket.ts';

const started = new Set<ChildProcess>();

/**
 * A process that holds these sockets too, until the test ends.
 *
 * @returns its process id
 */
export async function shareWithProcess(...sockets: readonly NativeSocket[]): Promise<number> {
  const child = spawn('sleep', ['600'], { stdio: ['ignore', 'ignore', 'ignore', ...sockets.map(({ fd }) => fd)] });
  started.add(child);
  await once(child, 'spawn');
  return child.pid as number;
}

/** Ends the processes that a test has started. */
export async function endProcesses(): Promise<void> {
  for (const child of started) {
    const gone = once(child, 'exit');
    if (child.kill('SIGKILL')) await gone;
    started.delete(child);
  }
}
