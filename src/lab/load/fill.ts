import { NoMoreFiles, type TcpSocket } from '../../linux/tcp-socket.ts';
import { FourtupleError } from '../../tcp/error.ts';
import type { Host } from '../host.ts';
import type { Endpoint, Way } from './way.ts';

/** Connections that were opened, and stay open. */
export interface Held {
  readonly sockets: readonly TcpSocket[];
  /** No port was left for one more; else this process may open no more files. */
  readonly isRefused: boolean;
}

/**
 * Opens connections until the kernel refuses one, and keeps them. Their servers need no file for them: they are never
 * accepted.
 */
export function holdUntilRefused(host: Host, way: Way<Endpoint>): Held {
  return host.inside(() => {
    const sockets: TcpSocket[] = [];
    try {
      for (let socket = way.connect(); socket !== null; socket = way.connect()) sockets.push(socket);
      return { sockets, isRefused: true };
    } catch (error) {
      if (!(error instanceof NoMoreFiles)) throw error;
      // Files are needed for other things too.
      for (const socket of sockets.splice(-FILES_LEFT)) socket.resetOnClose().close();
      return { sockets, isRefused: false };
    }
  });
}

/**
 * How many connections the kernel grants until it refuses one: those of a lane that is narrow, or mostly taken.
 *
 * @throws FourtupleError FT_LAB where this process may not open so many files
 */
export function countGranted(host: Host, way: Way<Endpoint>): number {
  const { sockets, isRefused } = holdUntilRefused(host, way);
  for (const socket of sockets) socket.resetOnClose().close();
  if (isRefused) return sockets.length;
  throw new FourtupleError('FT_LAB', `only ${sockets.length} connections can be open at once`, {
    hint: 'Raise the limit of open files with `ulimit -n`.',
  });
}

/** To talk to other processes, and to read settings. */
const FILES_LEFT = 50;

/**
 * Opens connections and closes them, the client first, until the kernel refuses one or there were enough: what it took is
 * left in TIME_WAIT.
 *
 * @returns how many that were
 */
export function fillWithTimeWait(host: Host, way: Way, enough: number = Number.POSITIVE_INFINITY): number {
  return host.inside(() => {
    for (let taken = 0; taken < enough; taken += 1) {
      const socket = way.connect();
      if (socket === null) return taken;
      closeInOrder(socket, way.server.listener.accept());
    }
    return enough;
  });
}

/** Closes one end, then the other: the first is left in TIME_WAIT, the second leaves nothing. */
export function closeInOrder(first: TcpSocket, second: TcpSocket): void {
  first.close();
  second.awaitEnd();
  second.close();
}
