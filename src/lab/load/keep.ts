import type { TcpSocket } from '../../linux/tcp-socket.ts';
import { FourtupleError } from '../../tcp/error.ts';
import type { Host } from '../host.ts';
import type { Way } from './way.ts';

/** Both ends of a connection. */
export interface Connection {
  readonly client: TcpSocket;
  readonly server: TcpSocket;
}

/** Opens so many connections, and keeps them. @throws FourtupleError FT_LAB where no port is left */
export function keep(host: Host, way: Way, count: number): Connection[] {
  return host.inside(() =>
    Array.from({ length: count }, () => {
      const client = way.connect();
      if (client === null) throw new FourtupleError('FT_LAB', `no port is left on ${host.name}`);
      return { client, server: way.server.listener.accept() };
    }),
  );
}
