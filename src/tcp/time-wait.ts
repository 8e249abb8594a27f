import { meanTimerSeconds, timerGranuleSeconds } from './timer-wheel.ts';

/**
 * How long Linux holds a slot in TIME_WAIT, in milliseconds: `TCP_TIMEWAIT_LEN` of include/net/tcp.h, not tunable, the
 * same since 2.6.12. The timer wheel rounds up: the socket goes up to 2.05 s later at HZ=250, 4.1 s at HZ=1000 (measured:
 * 60.0 to 62.05 s).
 */
export const LINUX_TIME_WAIT_MS = 60_000;

/**
 * The granule of the kernel's timer wheel at the length of TIME_WAIT, in seconds: sockets whose time ends within one are
 * released together, at its end. 2.048 s at HZ=250, 4.096 s at HZ=1000 (kernel/time/timer.c, the table at its head).
 *
 * @param ticksPerSecond the kernel's HZ
 */
export function timeWaitGranuleSeconds(ticksPerSecond: number): number {
  return timerGranuleSeconds(LINUX_TIME_WAIT_MS / 1_000, ticksPerSecond);
}

/**
 * How long a slot is held in TIME_WAIT on average: 60 s, and half a granule of the timer wheel.
 *
 * @param ticksPerSecond the kernel's HZ; that of most distributions where null
 */
export function meanTimeWaitSeconds(ticksPerSecond: number | null): number {
  return meanTimerSeconds(LINUX_TIME_WAIT_MS / 1_000, ticksPerSecond);
}

/** What decides whether `connect()` may take over a TIME_WAIT slot. null: not known. */
export interface ReuseSettings {
  /** `net.ipv4.tcp_tw_reuse`: 0 off, 1 on, 2 loopback only (the default since Linux 4.19). */
  readonly tcpTwReuse: number | null;
  /** `net.ipv4.tcp_tw_reuse_delay` in seconds (Linux 6.14); one second on older kernels. */
  readonly tcpTwReuseDelaySeconds: number | null;
  /** `net.ipv4.tcp_timestamps`: 0 off. */
  readonly tcpTimestamps: number | null;
}

/**
 * Whether `connect()` may take over the old TIME_WAIT slots of a lane (`tcp_twsk_unique()` of net/ipv4/tcp_ipv4.c): reuse
 * must apply, and the closed connection must have had timestamps, so both ends must use them.
 *
 * @param loopback whether an end of the lane is a loopback address, or its sockets are bound to the loopback interface
 * @param peerTimestamps whether the other end negotiates timestamps, null where that is not known
 * @returns null where it cannot be known
 */
export function reuseApplies(
  settings: ReuseSettings,
  loopback: boolean,
  peerTimestamps: boolean | null,
): boolean | null {
  if (settings.tcpTwReuse === 0 || settings.tcpTimestamps === 0 || peerTimestamps === false) return false;
  if (settings.tcpTwReuse === 2 && !loopback) return false;
  if (settings.tcpTwReuse === null || settings.tcpTimestamps === null || peerTimestamps === null) return null;
  return true;
}
