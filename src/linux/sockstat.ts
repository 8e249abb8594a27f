import { readFileSync } from 'node:fs';

/** TCP sockets of one network namespace. */
export interface SocketCounts {
  /** Sockets in the kernel's tables: listening or with another end, TIME_WAIT not included. */
  readonly inUse: number;
  /** Time-wait minisocks: TIME_WAIT and orphan FIN_WAIT2. */
  readonly timeWait: number;
}

/** Counted by the kernel as sockets come and go (/proc/net/sockstat, sockstat6). */
export interface KernelSocketCounts extends SocketCounts {
  /** TCP sockets of all namespaces that are open, in the tables or not: those bound and idle are among them. */
  readonly allocated: number;
}

const TCP = /^TCP: inuse (\d+) orphan \d+ tw (\d+) alloc (\d+) /m;
const TCP6 = /^TCP6: inuse (\d+)$/m;

/**
 * Reads the text of /proc/net/sockstat and /proc/net/sockstat6.
 *
 * @param ipv6 empty where the kernel has no IPv6
 * @returns null where the text is not what `sockstat_seq_show()` of net/ipv4/proc.c writes
 */
export function parseSocketCounts(ipv4: string, ipv6: string): KernelSocketCounts | null {
  const four = TCP.exec(ipv4);
  if (four === null) return null;
  return {
    inUse: Number(four[1]) + Number(TCP6.exec(ipv6)?.[1] ?? 0),
    timeWait: Number(four[2]),
    allocated: Number(four[3]),
  };
}

/** The counts of the network namespace that the calling thread is in; null where they cannot be read. */
export function readSocketCounts(): KernelSocketCounts | null {
  try {
    return parseSocketCounts(readProcNet('sockstat'), readProcNet('sockstat6', ''));
  } catch {
    return null;
  }
}

function readProcNet(name: string, absent?: string): string {
  try {
    return readFileSync(`/proc/thread-self/net/${name}`, 'latin1');
  } catch (error) {
    if (absent === undefined) throw error;
    return absent;
  }
}
