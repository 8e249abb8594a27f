/** Above this value tcp_fin_timeout means something else: TCP_TIMEWAIT_LEN of include/net/tcp.h. */
export const FIN_TIMEOUT_ODD_ABOVE_SECONDS = 60;

/**
 * How long Linux holds the slot of a connection that this end has closed and the other has not (orphan FIN_WAIT2).
 * Above 60 s the kernel waits T − 60 s in the full socket and T − 60 s again in the time-wait minisock that follows
 * (`tcp_rcv_state_process()`, then `tcp_keepalive_timer()`): 70 makes 20 s. Measured on Linux 6.18: 15.7 s for 15, 60 s
 * for 60, 20.4 s for 70, 60 s for 90, 121 s for 120. The program's own TCP_LINGER2 takes the place of the setting, and
 * the timer never ends before 3.5 retransmission time-outs, some 0.7 s.
 *
 * @param tcpFinTimeoutSeconds `net.ipv4.tcp_fin_timeout`
 */
export function finWait2Seconds(tcpFinTimeoutSeconds: number): number {
  return tcpFinTimeoutSeconds > FIN_TIMEOUT_ODD_ABOVE_SECONDS
    ? 2 * (tcpFinTimeoutSeconds - FIN_TIMEOUT_ODD_ABOVE_SECONDS)
    : Math.max(0, tcpFinTimeoutSeconds);
}
