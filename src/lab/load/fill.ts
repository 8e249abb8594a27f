import type { TcpSocket } from '../../linux/tcp-socket.ts';
import type { Host } from '../host.ts';
import type { Way } from './way.ts';

/**
 * Opens connections until the kernel refuses one, and keeps them. Their servers need no file for them: they are never
 * accepted.
 */
export function fillWithLive(host: Host, way: Way): TcpSocket[] {
  return host.inside(() => {
    const taken: TcpSocket[] = [];
    for (;;) {
      const socket = way.connect();
      if (socket === null) return taken;
      taken.push(socket);
    }
  });
}

/**
 * Opens connections and closes them, the client first, until the kernel refuses one: what it took is left in TIME_WAIT.
 *
 * @returns how many that were
 */
export function fillWithTimeWait(host: Host, way: Way): number {
  return host.inside(() => {
    for (let taken = 0; ; taken += 1) {
      const socket = way.connect();
      if (socket === null) return taken;
      closeInOrder(socket, way.server.listener.accept());
    }
  });
}

/** Closes one end, then the other: the first is left in TIME_WAIT, the second leaves nothing. */
export function closeInOrder(first: TcpSocket, second: TcpSocket): void {
  first.close();
  second.awaitEnd();
  second.close();
}
