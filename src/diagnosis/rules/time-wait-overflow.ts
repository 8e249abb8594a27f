import type { Machine } from '../../remedies/machine.ts';
import { sysctlCommand } from '../../remedies/sysctl-command.ts';
import { formatCount, plural } from '../../tcp/number-text.ts';
import { FOLKLORE } from '../folklore.ts';
import type { NamespaceReport } from '../report.ts';
import type { Rule } from '../rule.ts';

/** From here on the next burst of closes reaches the limit, if it is not reached between two looks already. */
const NEAR_THE_LIMIT = 0.95;
/** What the kernel sets on a machine with some gigabytes: half of its hash table's buckets (`tcp_init()`). */
const USUAL_LIMIT = 131_072;

/** The kernel closes connections without TIME_WAIT, because there were tcp_max_tw_buckets already (`inet_twsk_alloc()`). */
export const timeWaitOverflow: Rule = {
  code: 'time-wait-overflow',
  *examine({ namespace, machine, counters }) {
    const overflows = counters?.timeWaitOverflows ?? 0;
    if (overflows === 0) return;
    const limit = machine.tcpMaxTwBuckets;
    const held = minisocks(namespace);
    // A negative limit is none (measured: the kernel compares it as an unsigned number).
    const isNear = limit !== null && limit >= 0 && held !== null && held >= NEAR_THE_LIMIT * limit;
    yield {
      severity: isNear ? 'warning' : 'info',
      lane: null,
      summary: isNear ? summaryNow(overflows, held, limit) : summarySince(overflows, held, limit),
      explanation:
        'At the limit a connection that this end closes first is gone at once. Its port is free, but late segments of it ' +
        'can reach the next connection from that port, and the other end may still wait for the last acknowledgement. ' +
        `Which connections lose the protection is chance, so it is no way to get ports back. ${howToRaise(machine)}`,
      evidence: { timeWaitOverflows: overflows, timeWaitNow: held, tcpMaxTwBuckets: limit },
      remedies: [],
      unhelpful: [FOLKLORE.maxTwBuckets],
    };
  },
};

function summaryNow(overflows: number, held: number, limit: number): string {
  const closed = plural(overflows, 'connection');
  return `${formatCount(held)} sockets are in TIME_WAIT, of at most ${formatCount(limit)} (tcp_max_tw_buckets): the kernel closes what comes on top without its protection, ${closed} so far.`;
}

function summarySince(overflows: number, held: number | null, limit: number | null): string {
  const reached = `tcp_max_tw_buckets${limit === null || limit < 0 ? '' : ` (now ${formatCount(limit)})`} was reached`;
  const now =
    held === null ? 'whether it is now is not known' : `now ${plural(held, 'socket is', 'sockets are')} in TIME_WAIT`;
  return `The kernel has closed ${plural(overflows, 'connection')} without the protection of TIME_WAIT since the namespace was made, because ${reached}; ${now}.`;
}

/** What the limit counts: TIME_WAIT sockets and orphan FIN_WAIT2 ones, on whatever port; null where not known. */
function minisocks({ totals: { used, live, timeWaitOutsideLanes } }: NamespaceReport): number | null {
  return timeWaitOutsideLanes === null ? null : used - live + timeWaitOutsideLanes;
}

/** A time-wait socket takes 256 bytes (tw_sock_TCP in /proc/slabinfo of Linux 6.18). */
function howToRaise(machine: Machine): string {
  const limit = machine.tcpMaxTwBuckets;
  if (limit === null || limit < 0) return 'A higher tcp_max_tw_buckets costs 256 bytes for each socket more.';
  const raised = Math.max(2 * limit, USUAL_LIMIT);
  const { text } = sysctlCommand([{ setting: 'tcp_max_tw_buckets', value: `${raised}` }], machine);
  return `A higher limit costs 256 bytes for each socket more: ${text}`;
}
