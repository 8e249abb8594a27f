/**
 * TCP states by their number in the Linux kernel (include/net/tcp_states.h).
 *
 * `BOUND_INACTIVE` is a pseudo-state of sock_diag (Linux 6.8): a socket that holds a port and is neither connected nor
 * listening.
 */
export const TcpState = {
  ESTABLISHED: 1,
  SYN_SENT: 2,
  SYN_RECV: 3,
  FIN_WAIT1: 4,
  FIN_WAIT2: 5,
  TIME_WAIT: 6,
  CLOSE: 7,
  CLOSE_WAIT: 8,
  LAST_ACK: 9,
  LISTEN: 10,
  CLOSING: 11,
  NEW_SYN_RECV: 12,
  BOUND_INACTIVE: 13,
} as const;

export type TcpStateName = keyof typeof TcpState;
export type TcpState = (typeof TcpState)[TcpStateName];

/** How many state numbers there are, 0 (no state) included: the length of a table indexed by state. */
export const TCP_STATE_COUNT = 14;

const NAMES: readonly (TcpStateName | undefined)[] = Array.from({ length: TCP_STATE_COUNT }, (_, number) =>
  (Object.keys(TcpState) as TcpStateName[]).find((name) => TcpState[name] === number),
);

/** The name of a state number as the kernel spells it, or undefined for a number that is no state. */
export function tcpStateName(state: number): TcpStateName | undefined {
  return NAMES[state];
}

/** A bit mask of states, as `idiag_states` wants it: bit n stands for state number n. */
export function stateMask(...states: readonly TcpState[]): number {
  return states.reduce((mask, state) => mask | (1 << state), 0);
}

/** Every state in which a socket has two ends, TIME_WAIT included; neither listening nor merely bound. */
export const CONNECTED_STATES: number = stateMask(
  TcpState.ESTABLISHED,
  TcpState.SYN_SENT,
  TcpState.SYN_RECV,
  TcpState.FIN_WAIT1,
  TcpState.FIN_WAIT2,
  TcpState.TIME_WAIT,
  TcpState.CLOSE_WAIT,
  TcpState.LAST_ACK,
  TcpState.CLOSING,
);
