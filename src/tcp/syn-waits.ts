/** Linux waits so long for an answer to its first SYN: TCP_TIMEOUT_INIT of include/net/tcp.h (RFC 6298). */
const FIRST_WAIT_SECONDS = 1;

/**
 * How long Linux tries a connection that nobody answers, in seconds (`tcp_model_timeout()`). It takes a little longer: see
 * {@link synWaits}.
 *
 * @param retries `tcp_syn_retries`
 */
export function synSeconds(retries: number): number {
  return FIRST_WAIT_SECONDS * (2 ** (retries + 1) - 1);
}

/**
 * How long Linux waits after each SYN that it sends until a connection has been tried for some time, in seconds: each time
 * twice as long, but for the first ones where they are sent again at an even pace (`tcp_retransmit_timer()`). It looks at
 * the time when a wait is over (`retransmits_timed_out()`): their sum may be more than what was asked for. Measured on
 * Linux 6.18: 3.04 s for 3 with none at an even pace, 3.07 s with four; 8.15 s for 7 with one.
 *
 * @param seconds that it is tried: see {@link synSeconds}
 * @param linearTimeouts `tcp_syn_linear_timeouts` (Linux 6.5): 0 on older kernels
 */
export function synWaits(seconds: number, linearTimeouts: number): number[] {
  const waits: number[] = [];
  for (let passed = 0; passed < seconds; ) {
    const wait = FIRST_WAIT_SECONDS * 2 ** Math.max(0, waits.length - linearTimeouts);
    waits.push(wait);
    passed += wait;
  }
  return waits;
}
