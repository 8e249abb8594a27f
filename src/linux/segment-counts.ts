import { readFileSync } from 'node:fs';
import { parseCounterGroup } from './counter-group.ts';

/** TCP segments of one network namespace since it was made (/proc/net/snmp, RFC 4022). */
export interface SegmentCounts {
  /** `OutSegs`, which has new ones only (`__tcp_transmit_skb()`), and `RetransSegs`. */
  readonly sent: number;
  /** Of these, the ones that were sent again. */
  readonly retransmitted: number;
}

/** @returns null where the text is not that of /proc/net/snmp, or lacks one of them */
export function parseSegmentCounts(text: string): SegmentCounts | null {
  const counter = parseCounterGroup(text, 'Tcp');
  const [first, again] = [counter?.('OutSegs') ?? null, counter?.('RetransSegs') ?? null];
  return first === null || again === null ? null : { sent: first + again, retransmitted: again };
}

/** Of the network namespace that the calling thread is in; null where they cannot be read. */
export function readSegmentCounts(): SegmentCounts | null {
  try {
    return parseSegmentCounts(readFileSync('/proc/thread-self/net/snmp', 'latin1'));
  } catch {
    return null;
  }
}
