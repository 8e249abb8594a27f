import { closeInOrder } from './closings.ts';
import {
  type ClientOptions,
  type Connection,
  destinationOf,
  openClient,
  type Server,
  tryConnection,
} from './connections.ts';
import { CallError } from './libc-calls.ts';
import type { NativeSocket } from './native-socket.ts';
import type { Endpoint } from './socket-address.ts';

/** What the kernel says when no port is left: `connect()` the first, `bind()` to port 0 the second. */
const REFUSALS = ['EADDRNOTAVAIL', 'EADDRINUSE'];

function assertRefusal(failure: string): void {
  if (!REFUSALS.includes(failure)) throw new CallError('connect', failure);
}

/**
 * Connects until the kernel refuses, and keeps the connections.
 *
 * @returns what the kernel took
 */
export function fillUntilRefused(to: Server, options: ClientOptions = {}): Connection[] {
  const taken: Connection[] = [];
  for (;;) {
    const result = tryConnection(to, options);
    if (typeof result !== 'string') taken.push(result);
    else {
      assertRefusal(result);
      return taken;
    }
  }
}

/**
 * Connects and closes until the kernel refuses: what it took is left in TIME_WAIT. Give an IP_LOCAL_PORT_RANGE to fill a
 * long range quickly: the kernel then does not search half of it in vain at each call.
 *
 * @returns how many connections the kernel took
 */
export function fillWithTimeWait(to: Server, options: ClientOptions = {}): number {
  for (let taken = 0; ; taken += 1) {
    const result = tryConnection(to, options);
    if (typeof result === 'string') {
      assertRefusal(result);
      return taken;
    }
    closeInOrder(result.client, result.server);
  }
}

/** Sends SYNs into a black hole until the kernel refuses. */
export function fillWithSynSent(to: Endpoint, options: ClientOptions = {}): NativeSocket[] {
  const destination = destinationOf(to, options);
  const taken: NativeSocket[] = [];
  for (;;) {
    const socket = openClient(to, options, false);
    const failure = socket.tryConnect(destination);
    if (failure === 'EINPROGRESS') taken.push(socket);
    else {
      assertRefusal(failure ?? 'was answered');
      socket.close();
      return taken;
    }
  }
}
