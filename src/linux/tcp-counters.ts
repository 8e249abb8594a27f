import { readFileSync } from 'node:fs';

/** Counters of one network namespace since it was made (/proc/net/netstat); null for what this kernel does not have. */
export interface TcpCounters {
  /** `TCPTimeWaitOverflow`: sockets that were closed without TIME_WAIT, for tcp_max_tw_buckets was reached. */
  readonly timeWaitOverflows: number | null;
  /** `TWRecycled`: TIME_WAIT sockets that connect() took over (tcp_tw_reuse). */
  readonly timeWaitReuses: number | null;
}

const GROUP = 'TcpExt: ';

/**
 * Reads the text of /proc/net/netstat: for each group a line of names, and a line of values below it.
 *
 * @returns null where the text is not what `netstat_seq_show()` of net/ipv4/proc.c writes
 */
export function parseTcpCounters(text: string): TcpCounters | null {
  const [names, values, ...more] = text
    .split('\n')
    .filter((line) => line.startsWith(GROUP))
    .map((line) => line.slice(GROUP.length).trim().split(' '));
  if (names === undefined || values?.length !== names.length || more.length > 0) return null;
  const counter = (name: string): number | null => {
    const value = values[names.indexOf(name)];
    return value !== undefined && /^\d+$/.test(value) ? Number(value) : null;
  };
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
