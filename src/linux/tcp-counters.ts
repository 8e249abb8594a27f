import { readFileSync } from 'node:fs';
import { parseCounterGroup } from './counter-group.ts';

/** Counters of one network namespace since it was made (/proc/net/netstat); null for what this kernel does not have. */
export interface TcpCounters {
  /** `TCPTimeWaitOverflow`: sockets that were closed without TIME_WAIT, for tcp_max_tw_buckets was reached. */
  readonly timeWaitOverflows: number | null;
  /** `TWRecycled`: TIME_WAIT sockets that connect() took over (tcp_tw_reuse). */
  readonly timeWaitReuses: number | null;
}

/** @returns null where the text is not that of /proc/net/netstat */
export function parseTcpCounters(text: string): TcpCounters | null {
  const counter = parseCounterGroup(text, 'TcpExt');
  if (counter === null) return null;
  return { timeWaitOverflows: counter('TCPTimeWaitOverflow'), timeWaitReuses: counter('TWRecycled') };
}

/**
 * Reads the counters of the network namespace that the calling thread is in: /proc/net is that of the process's first
 * thread. null where they cannot be read.
 */
export function readTcpCounters(): TcpCounters | null {
  try {
    return parseTcpCounters(readFileSync('/proc/thread-self/net/netstat', 'latin1'));
  } catch {
    return null;
  }
}
