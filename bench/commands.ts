import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

/** What people use today. Output goes to /dev/null, the most favourable place for all of them. */
export const TODAY: {
  readonly statistics: readonly string[];
  readonly pipeline: readonly string[];
  readonly table: readonly string[];
} = {
  statistics: ['ss', '-tan'],
  pipeline: [
    'sh',
    '-c',
    `ss -tan | LC_ALL=C awk '{ sub(/:[0-9]+$/, "", $4); print $4, $5 }' | LC_ALL=C sort | uniq -c`,
  ],
  table: ['cat', '/proc/net/tcp'],
};

/** How long a command takes, in milliseconds. @throws where it fails */
export function timeCommand([command = '', ...args]: readonly string[]): number {
  const nowhere = openSync('/dev/null', 'w');
  try {
    const start = performance.now();
    const { status, error } = spawnSync(command, args, { stdio: ['ignore', nowhere, 'inherit'] });
    const elapsed = performance.now() - start;
    if (error !== undefined) throw error;
    if (status !== 0) throw new Error(`${command} ended with exit code ${status}`);
    return elapsed;
  } finally {
    closeSync(nowhere);
  }
}
