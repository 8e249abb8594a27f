import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { encodeSocketAddress } from '../../linux/socket-address.ts';
import { TcpSocket } from '../../linux/tcp-socket.ts';
import { parseAddress } from '../../tcp/address.ts';
import type { Host } from '../host.ts';

const BACKLOG = 4_096;

/**
 * Answers HTTP on a host, from this process. It keeps connections open for as long as the other end does, unless that asks
 * it to close.
 */
export class HttpBackend {
  readonly host: Host;
  readonly address: string;
  readonly port: number;
  readonly #server: Server;

  /** @param seconds how long it takes over each answer */
  constructor(host: Host, address: string, port: number, seconds: number) {
    this.host = host;
    this.address = address;
    this.port = port;
    const text = `${host.name} has answered\n`;
    this.#server = createServer({ keepAliveTimeout: 0 }, (_, response) => {
      setTimeout(() => response.setHeader('content-length', text.length).end(text), 1_000 * seconds);
    });
  }

  /** @returns once it listens */
  async start(): Promise<void> {
    const address = encodeSocketAddress(parseAddress(this.address), this.port);
    const { fd } = this.host.inside(() => TcpSocket.listen(address));
    await once(this.#server.listen({ fd, backlog: BACKLOG }), 'listening');
  }

  /** Stops listening, so that another one can. */
  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}
