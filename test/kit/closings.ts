import {
  type ClientOptions,
  type Connection,
  connection,
  destinationOf,
  openClient,
  type Server,
} from './connections.ts';
import { CallError } from './libc-calls.ts';
import type { NativeSocket } from './native-socket.ts';
import type { Endpoint } from './socket-address.ts';

/**
 * Closes one end, then the other: the first is left in TIME_WAIT, the second leaves nothing. Were the second closed
 * before it has got the FIN of the first, both would be left in TIME_WAIT.
 */
export function closeInOrder(first: NativeSocket, second: NativeSocket): void {
  first.close();
  second.awaitEnd();
  second.close();
}

/** Connections whose clients have closed first: this many slots in TIME_WAIT. */
export function timeWait(count: number, to: Server, options: ClientOptions = {}): void {
  for (let left = count; left > 0; left -= 1) {
    const { client, server } = connection(to, options);
    closeInOrder(client, server);
  }
}

/** Connections that the server has closed first: TIME_WAIT on the listener's port, and no slot of the client is held. */
export function timeWaitAtServer(count: number, to: Server, options: ClientOptions = {}): void {
  for (let left = count; left > 0; left -= 1) {
    const { client, server } = connection(to, options);
    closeInOrder(server, client);
  }
}

/**
 * Connections whose clients have closed, and whose servers go on: orphan FIN_WAIT2.
 *
 * @returns the servers' ends; closing one turns its client's slot to TIME_WAIT
 */
export function orphanFinWait2(count: number, to: Server, options: ClientOptions = {}): NativeSocket[] {
  return openAndClose(count, to, options, ({ client, server }) => [client, server]);
}

/**
 * Connections that the server has closed and whose clients go on: CLOSE_WAIT.
 *
 * @returns the clients' ends
 */
export function closeWait(count: number, to: Server, options: ClientOptions = {}): NativeSocket[] {
  return openAndClose(count, to, options, ({ client, server }) => [server, client]);
}

function openAndClose(
  count: number,
  to: Server,
  options: ClientOptions,
  order: (connection: Connection) => [closed: NativeSocket, left: NativeSocket],
): NativeSocket[] {
  return Array.from({ length: count }, () => {
    const [closed, left] = order(connection(to, options));
    closed.close();
    left.awaitEnd();
    return left;
  });
}

/** Sockets that wait for an answer that never comes: connect to what lies behind a black hole. */
export function synSent(count: number, to: Endpoint, options: ClientOptions = {}): NativeSocket[] {
  return Array.from({ length: count }, () => {
    const socket = openClient(to, options, false);
    const failure = socket.tryConnect(destinationOf(to, options));
    if (failure !== 'EINPROGRESS') throw new CallError('connect', failure ?? 'was answered');
    return socket;
  });
}
