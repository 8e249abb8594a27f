import { readFileSync } from 'node:fs';
import { parsePortList } from '../tcp/port-list.ts';
import { type PortRange, parsePortRange } from '../tcp/port-range.ts';
import type { PortSet } from '../tcp/port-set.ts';
import type { ReuseSettings } from '../tcp/time-wait.ts';

/** The settings of one network namespace that decide about source ports; null for what this kernel does not have. */
export interface NetworkSettings extends ReuseSettings {
  /** `net.ipv4.ip_local_port_range`. */
  readonly portRange: PortRange | null;
  /** `net.ipv4.ip_local_reserved_ports`. */
  readonly reservedPorts: PortSet;
  /** `net.ipv4.tcp_max_tw_buckets`. */
  readonly tcpMaxTwBuckets: number | null;
  /** `net.ipv4.tcp_fin_timeout`. */
  readonly tcpFinTimeoutSeconds: number | null;
  /** `net.ipv4.ip_unprivileged_port_start`. */
  readonly unprivilegedPortStart: number | null;
}

/** Linux before 6.14 waits until the clock's next full second after the last timestamp. */
const OLD_KERNEL_REUSE_DELAY_SECONDS = 1;

/**
 * Reads one setting below `net.ipv4` of the network namespace that the calling thread is in: /proc/sys/net belongs to the
 * namespace of the thread that opens it.
 *
 * @returns null where this kernel has no such setting, or it may not be read
 */
export function readSysctl(name: string): string | null {
  try {
    return readFileSync(`/proc/sys/net/ipv4/${name}`, 'latin1').trim();
  } catch {
    return null;
  }
}

function readNumber(name: string): number | null {
  const text = readSysctl(name);
  return text !== null && /^-?\d+$/.test(text) ? Number(text) : null;
}

/** Reads the settings of the network namespace that the calling thread is in. */
export function readNetworkSettings(): NetworkSettings {
  const range = readSysctl('ip_local_port_range');
  const tcpTwReuse = readNumber('tcp_tw_reuse');
  const delayMs = readNumber('tcp_tw_reuse_delay');
  return {
    portRange: range === null ? null : parsePortRange(range),
    reservedPorts: parsePortList(readSysctl('ip_local_reserved_ports') ?? ''),
    tcpTwReuse,
    tcpTwReuseDelaySeconds:
      delayMs !== null ? delayMs / 1000 : tcpTwReuse === null ? null : OLD_KERNEL_REUSE_DELAY_SECONDS,
    tcpTimestamps: readNumber('tcp_timestamps'),
    tcpMaxTwBuckets: readNumber('tcp_max_tw_buckets'),
    tcpFinTimeoutSeconds: readNumber('tcp_fin_timeout'),
    unprivilegedPortStart: readNumber('ip_unprivileged_port_start'),
  };
}
