import { closeSync, openSync, readSync } from 'node:fs';
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

const FOLDER = '/proc/sys/net';
/** Bytes that are enough for all settings but a long list of reserved ports. */
const FEW_BYTES = 4_096;
/** Bytes of the longest list, which has every second port: 32,768 items of six bytes at most. */
const MOST_BYTES = 32_768 * 6;

/** Linux before 6.14 waits until the clock's next full second after the last timestamp. */
const OLD_KERNEL_REUSE_DELAY_SECONDS = 1;

/**
 * Reads one setting below `net.ipv4` of the network namespace that the calling thread is in: /proc/sys/net belongs to the
 * namespace of the thread that opens it.
 *
 * @returns null where this kernel has no such setting, or it may not be read
 */
export function readSysctl(name: string): string | null {
  let fd: number;
  try {
    fd = openSync(sysctlPath(name), 'r');
  } catch {
    return null;
  }
  try {
    return readOpenSysctl(fd);
  } catch {
    return null;
  } finally {
    closeSync(fd);
  }
}

/** The file of a setting below `net.ipv4`, or of `ipv6.…` below `net`. */
export function sysctlPath(name: string): string {
  return `${FOLDER}/${sysctlName(name).slice('net.'.length).replaceAll('.', '/')}`;
}

/** The whole name: `net.ipv4.tcp_tw_reuse` for `tcp_tw_reuse`, `net.ipv6.ip_nonlocal_bind` for `ipv6.ip_nonlocal_bind`. */
export function sysctlName(name: string): string {
  return name.startsWith('ipv6.') ? `net.${name}` : `net.ipv4.${name}`;
}

/**
 * Reads an open file of /proc/sys, from its beginning. In one piece: what does not fit into the first read of a list of
 * ports is never given (`proc_do_large_bitmap()` of kernel/sysctl.c).
 */
export function readOpenSysctl(fd: number): string {
  const few = Buffer.allocUnsafe(FEW_BYTES);
  const length = readSync(fd, few, 0, FEW_BYTES, 0);
  if (length < FEW_BYTES) return few.toString('latin1', 0, length).trim();
  const all = Buffer.allocUnsafe(MOST_BYTES);
  return all.toString('latin1', 0, readSync(fd, all, 0, MOST_BYTES, 0)).trim();
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
