import { formatRange, isFirstPassPort, MAX_PORT, type PortRange } from '../tcp/port-range.ts';
import type { Machine } from './machine.ts';

/** Why a range is not to be had or not to be wished for. */
export interface RangeRefusal {
  /** What is wrong with it: one sentence without a full stop. */
  readonly text: string;
  /** The good range that differs least from it; null where a namespace's unprivileged ports are too few for any. */
  readonly nearest: PortRange | null;
}

/**
 * Checks an ephemeral range that a person chose. The kernel refuses one that begins where only root may bind
 * (`ipv4_local_port_range()`, EINVAL), and takes one whose ends have the same parity with a warning: of its odd number of
 * ports `connect()` leaves one out (`__inet_hash_connect()`), another one each time. Over 40000-40020 it refused a tenth of
 * 300 lanes a slot that was free (measured on Linux 6.18).
 *
 * @param range two ports from 1 to 65535, the lower one first
 * @returns null where nothing is wrong with it
 */
export function checkRange(
  range: PortRange,
  { unprivilegedPortStart }: Pick<Machine, 'unprivilegedPortStart'>,
): RangeRefusal | null {
  const lowest = Math.max(1, unprivilegedPortStart ?? 1);
  const text = describeFault(range, lowest);
  return text === null ? null : { text, nearest: nearestRange(range, lowest) };
}

function describeFault(range: PortRange, lowest: number): string | null {
  const name = formatRange(range);
  if (range.low < lowest) {
    return `${name} begins below port ${lowest}, and the kernel takes no range that begins below ip_unprivileged_port_start`;
  }
  if (range.low === range.high) return `${name} is a single port: each lane would have one slot`;
  if (!isFirstPassPort(range, range.high)) return null;
  const parity = range.low % 2 === 0 ? 'even' : 'odd';
  return `${name} begins and ends at an ${parity} port: connect() looks at an even number of ports and can miss the last free one`;
}

/** An end that must move makes the range wider where it can. */
function nearestRange(range: PortRange, lowest: number): PortRange | null {
  const low = Math.max(range.low, lowest);
  const high = Math.max(range.high, low);
  if (!isFirstPassPort({ low, high }, high)) return { low, high };
  if (high < MAX_PORT) return { low, high: high + 1 };
  if (low > lowest) return { low: low - 1, high };
  return low < high ? { low: low + 1, high } : null;
}
