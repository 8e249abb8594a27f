import type { SocketCounts } from '../../linux/sockstat.ts';
import { type PortRange, rangeSize } from '../../tcp/port-range.ts';

/** A namespace whose sockets, all together, are fewer than this part of the range has no lane that is fuller than it. */
const QUIET = 0.05;
/** A quiet one is counted all the same every so often. */
export const QUIET_INTERVAL_MS = 10_000;

/**
 * Whether no lane of a namespace can be worth a look: the kernel's own counts, which cost next to nothing, bound how many
 * slots any lane may hold.
 *
 * @param counts null where they are not known: then it is not quiet
 */
export function isQuiet(counts: SocketCounts | null, range: PortRange): boolean {
  return counts !== null && counts.inUse + counts.timeWait < QUIET * rangeSize(range);
}
