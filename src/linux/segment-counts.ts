import { readFileSync } from 'node:fs';

/** TCP segments of one network namespace since it was made (/proc/net/snmp, RFC 4022). */
export interface SegmentCounts {
  /** `OutSegs`. */
  readonly sent: number;
  /** `RetransSegs`: of these, the ones that were sent again. */
  readonly retransmitted: number;
}

const GROUP = 'Tcp: ';

/** @returns null where the text is not what `snmp_seq_show_tcp_udp()` of net/ipv4/proc.c writes */
export function parseSegmentCounts(text: string): SegmentCounts | null {
  const [names, values] = text
    .split('\n')
    .filter((line) => line.startsWith(GROUP))
    .map((line) => line.slice(GROUP.length).trim().split(' '));
  const count = (name: string): number => Number(values?.[names?.indexOf(name) ?? -1] ?? Number.NaN);
  const [sent, retransmitted] = [count('OutSegs'), count('RetransSegs')];
  return Number.isSafeInteger(sent) && Number.isSafeInteger(retransmitted) ? { sent, retransmitted } : null;
}

/** Of the network namespace that the calling thread is in; null where they cannot be read. */
export function readSegmentCounts(): SegmentCounts | null {
  try {
    return parseSegmentCounts(readFileSync('/proc/thread-self/net/snmp', 'latin1'));
  } catch {
    return null;
  }
}
