import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** A line of `ss`. Addresses as it prints them, without brackets and zone; IPv4-mapped ones as IPv4. */
export interface StatisticsRow {
  readonly state: string;
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly port: number;
  /** What follows `%` in the source: the device that the socket is bound to, or the link of its address. */
  readonly device: string | null;
}

/** The kernel's names of the states that `ss` has names of its own for. */
const STATES: Readonly<Record<string, string>> = {
  ESTAB: 'ESTABLISHED',
  'SYN-SENT': 'SYN_SENT',
  'SYN-RECV': 'SYN_RECV',
  'FIN-WAIT-1': 'FIN_WAIT1',
  'FIN-WAIT-2': 'FIN_WAIT2',
  'TIME-WAIT': 'TIME_WAIT',
  UNCONN: 'CLOSE',
  'CLOSE-WAIT': 'CLOSE_WAIT',
  'LAST-ACK': 'LAST_ACK',
};

/** All TCP sockets of the current namespace as `ss` sees them: the tests' second opinion, independent of the program. */
export function socketStatistics(): StatisticsRow[] {
  const { stdout, status, stderr, error } = spawnSync('ss', ['-tanH'], { encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`ss: ${stderr.trim()}`);
  return stdout.split('\n').filter(Boolean).map(rowOf);
}

function rowOf(line: string): StatisticsRow {
  const [state = '', , , local = '', peer = ''] = line.trim().split(/\s+/);
  const [source, sourcePort, device] = endOf(local);
  const [destination, port] = endOf(peer);
  return { state: STATES[state] ?? state, source, sourcePort, destination, port, device };
}

function endOf(text: string): [address: string, port: number, device: string | null] {
  const colon = text.lastIndexOf(':');
  const [host = '', device = null] = text.slice(0, colon).split('%');
  const port = text.slice(colon + 1);
  return [host.replace(/[[\]]/g, '').replace(/^::ffff:/, ''), port === '*' ? 0 : Number(port), device];
}

/** Sockets from a source to a destination by state, as `ss` sees them; only those with a local port that is wanted. */
export function countedStates(
  source: string,
  destination: string,
  port: number,
  isWanted: (sourcePort: number) => boolean = () => true,
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of socketStatistics()) {
    if (row.source !== source || row.destination !== destination || row.port !== port) continue;
    if (isWanted(row.sourcePort)) counts[row.state] = (counts[row.state] ?? 0) + 1;
  }
  return counts;
}

/** Waits until no handshake and no closing is under way in the current namespace, so that two counts can agree. */
export async function settled(): Promise<void> {
  const passing = ['SYN_RECV', 'FIN_WAIT1', 'LAST_ACK', 'CLOSING'];
  while (socketStatistics().some(({ state }) => passing.includes(state))) await sleep(20);
}
