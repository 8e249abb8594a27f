import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { encodeSocketAddress } from '../../linux/socket-address.ts';
import { TcpSocket } from '../../linux/tcp-socket.ts';
import { parseAddress } from '../../tcp/address.ts';
import type { Host } from '../host.ts';

const BACKLOG = 4_096;

/**
 * Answers HTTP on a host, from this process, for as long as it runs. Connections stay open for as long as the other end
 * leaves them open, unless that asks for their close.
 *
 * @param seconds how long each answer takes
 * @returns what answers, once it listens
 */
export async function serveHttp(host: Host, address: string, port: number, seconds: number): Promise<Server> {
  const text = `${host.name} has answered\n`;
  const server = createServer({ keepAliveTimeout: 0 }, (_, response) => {
    setTimeout(() => response.setHeader('content-length', text.length).end(text), 1_000 * seconds);
  });
  const { fd } = host.inside(() => TcpSocket.listen(encodeSocketAddress(parseAddress(address), port)));
  await once(server.listen({ fd, backlog: BACKLOG }), 'listening');
  return server;
}
