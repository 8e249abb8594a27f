import { spawnSync } from 'node:child_process';

/** Runs `ip` with the arguments that the text lists, in the current namespace. */
export function ip(text: string): string {
  const { status, stdout, stderr, error } = spawnSync('ip', text.split(' '), { encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`ip ${text}: ${stderr.trim()}`);
  return stdout;
}
