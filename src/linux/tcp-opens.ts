import { readFileSync } from 'node:fs';
import { parseCounterGroup } from './counter-group.ts';

/**
 * How many connections have been begun from one network namespace since it was made: `ActiveOpens` of /proc/net/snmp (RFC
 * 4022), which counts SYNs that connect() has found a port for (`tcp_connect()`).
 *
 * @returns null where the text is not that of /proc/net/snmp
 */
export function parseTcpOpens(text: string): number | null {
  return parseCounterGroup(text, 'Tcp')?.('ActiveOpens') ?? null;
}

/** Of the network namespace that the calling thread is in; null where it cannot be read. */
export function readTcpOpens(): number | null {
  try {
    return parseTcpOpens(readFileSync('/proc/thread-self/net/snmp', 'latin1'));
  } catch {
    return null;
  }
}
