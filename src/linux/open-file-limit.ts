import { readFileSync } from 'node:fs';

const SOFT_LIMIT = /^Max open files +(\d+|unlimited) /m;

/** @param text of /proc/PID/limits @returns null where it does not tell */
export function parseOpenFileLimit(text: string): number | null {
  const [, soft] = SOFT_LIMIT.exec(text) ?? [];
  if (soft === undefined) return null;
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
}

/** How many files this process may have open (RLIMIT_NOFILE, which Node raises as far as it may); null where not known. */
export function readOpenFileLimit(): number | null {
  try {
    return parseOpenFileLimit(readFileSync('/proc/self/limits', 'latin1'));
  } catch {
    return null;
  }
}
