import type { SocketCounts } from '../linux/sockstat.ts';
import type { NetworkSettings } from '../linux/sysctl.ts';
import type { Census } from './census.ts';

/** A census of one network namespace, and how it was taken. */
export interface NamespaceCensus {
  readonly census: Census;
  /** Where the sockets come from: `sock_diag`, `/proc/net/tcp`, or the format of a capture. */
  readonly source: string;
  readonly settings: NetworkSettings;
  /** Of all sockets of the namespace, null where they cannot be read. */
  readonly counts: SocketCounts | null;
  readonly durationSeconds: number;
  /** Of `durationSeconds`, what was spent inside the kernel's send and recv. */
  readonly kernelSeconds: number;
  /** Lists the live sockets of some lanes anew; left out where that takes long, or there is no kernel to ask. */
  readonly relist?: ((lanes: ReadonlySet<number>) => Map<number, number[]>) | undefined;
  /** What is not known, or known with less certainty, and why: one sentence each. */
  readonly notes: readonly string[];
}
