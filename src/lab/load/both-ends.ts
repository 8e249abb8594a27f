import type { TcpSocket } from '../../linux/tcp-socket.ts';
import type { Host } from '../host.ts';
import type { Way } from './way.ts';

/** Both ends of a connection. */
export interface Ends {
  readonly client: TcpSocket;
  readonly server: TcpSocket;
}

/** Opens a connection, and accepts it. @returns null where no port is left */
export function openBothEnds(host: Host, way: Way): Ends | null {
  const client = host.inside(() => way.connect());
  return client === null ? null : { client, server: way.server.listener.accept() };
}
