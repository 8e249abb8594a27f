import type { Segments } from '../tcp/network-quality.ts';
import type { PortRange } from '../tcp/port-range.ts';
import type { PortSet } from '../tcp/port-set.ts';
import type { ReuseSettings } from '../tcp/time-wait.ts';
import type { KernelVersion } from './kernel-version.ts';

/** What a remedy must know of a machine, or of one network namespace of it: as it is, or as a plan assumes it. */
export interface Machine extends ReuseSettings {
  /** null where not known: a capture does not tell. */
  readonly kernel: KernelVersion | null;
  /** `net.ipv4.ip_local_port_range`. */
  readonly range: PortRange;
  /** `net.ipv4.ip_local_reserved_ports`. */
  readonly reserved: PortSet;
  /** Every port that is listened on, whatever its range, ascending. */
  readonly listening: readonly number[];
  /** `net.ipv4.ip_unprivileged_port_start`: the range cannot begin below it; null where not known. */
  readonly unprivilegedPortStart: number | null;
  /** `net.ipv4.tcp_max_tw_buckets`. */
  readonly tcpMaxTwBuckets: number | null;
  /** `net.ipv4.tcp_fin_timeout`. */
  readonly tcpFinTimeoutSeconds: number | null;
  /** How long a slot is held in TIME_WAIT on average: 60 s, and half a granule of the timer wheel. */
  readonly timeWaitSeconds: number;
  /** All that was sent from here; null where not known. */
  readonly segments: Segments | null;
  /** What a command starts with to run in this network namespace: empty, `ip netns exec web`, `nsenter -t 811 -n`. */
  readonly commandPrefix: string;
  /**
   * What `fourtuple fix` needs to be told to reach this network namespace: empty for the own one, `--netns web`; null where
   * it is not of the machine at hand, as in a capture.
   */
  readonly fixFlags: string | null;
  /** The capabilities that this process has; null where they are not known. */
  readonly capabilities: ReadonlySet<string> | null;
}
