import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { encodeSocketAddress } from '../../linux/socket-address.ts';
import { TcpSocket } from '../../linux/tcp-socket.ts';
import { parseAddress } from '../../tcp/address.ts';
import type { Host } from '../host.ts';

const BACKLOG = 4_096;

/**
 * Answers HTTP on a host, from this process, until it ends. It keeps connections open for as long as the other end does,
 * unless that asks it to close.
 *
 * @param seconds how long it takes over each answer
 */
export async function serveHttp(host: Host, address: string, port: number, seconds: number): Promise<void> {
  const text = `${host.name} has answered\n`;
  const answer: RequestListener = (_, response) => {
    setTimeout(() => response.setHeader('content-length', text.length).end(text), 1_000 * seconds);
  };
  const server = createServer({ keepAliveTimeout: 0 }, answer);
  const { fd } = host.inside(() => TcpSocket.listen(encodeSocketAddress(parseAddress(address), port)));
  await once(server.listen({ fd, backlog: BACKLOG }), 'listening');
}
