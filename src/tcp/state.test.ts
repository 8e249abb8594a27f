import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONNECTED_STATES, stateMask, TCP_STATE_COUNT, TcpState, tcpStateName } from './state.ts';

// include/net/tcp_states.h, in its order from 1 on.
const KERNEL_ORDER = [
  ...['ESTABLISHED', 'SYN_SENT', 'SYN_RECV', 'FIN_WAIT1', 'FIN_WAIT2', 'TIME_WAIT', 'CLOSE', 'CLOSE_WAIT', 'LAST_ACK'],
  ...['LISTEN', 'CLOSING', 'NEW_SYN_RECV', 'BOUND_INACTIVE'],
];

describe('the states of TCP', () => {
  it('have the numbers and names of the kernel', () => {
    const numbers = Array.from({ length: TCP_STATE_COUNT }, (_, number) => number);
    expect(numbers.map((number) => tcpStateName(number))).toEqual([undefined, ...KERNEL_ORDER]);
    for (const [index, name] of KERNEL_ORDER.entries()) expect(TcpState).toHaveProperty(name, index + 1);
  });

  it('have no name outside of the kernel’s numbers', () => {
    for (const number of [-1, 0, TCP_STATE_COUNT, 255, 1.5]) expect(tcpStateName(number)).toBeUndefined();
  });

  it('are asked for by a bit each', () => {
    fc.assert(
      fc.property(fc.subarray(Object.values(TcpState)), fc.nat(31), (states, bit) => {
        expect((stateMask(...states) >>> bit) & 1).toBe(states.some((state) => state === bit) ? 1 : 0);
      }),
    );
  });

  it('have two ends but where nothing is connected or a request has no socket yet', () => {
    const others = [TcpState.CLOSE, TcpState.LISTEN, TcpState.NEW_SYN_RECV, TcpState.BOUND_INACTIVE];
    expect(CONNECTED_STATES ^ stateMask(...others)).toBe(2 ** TCP_STATE_COUNT - 2);
  });
});
