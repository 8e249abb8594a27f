import { encodeSocketAddress } from '../../linux/socket-address.ts';
import { TcpSocket } from '../../linux/tcp-socket.ts';
import { parseAddress } from '../../tcp/address.ts';
import { FourtupleError } from '../../tcp/error.ts';
import type { Host } from '../host.ts';

/** What is connected to. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** A server that takes whatever comes, without a program that must be scheduled for it. */
export class Server implements Endpoint {
  readonly address: string;
  readonly port: number;
  readonly listener: TcpSocket;

  /** @throws FourtupleError FT_KERNEL where the host has no such address */
  constructor(host: Host, address: string, port: number) {
    this.address = address;
    this.port = port;
    host.writeSetting('core.somaxconn', 65_535);
    this.listener = host.inside(() => TcpSocket.listen(socketAddress(address, port)));
  }
}

/** How a client gets its end of a connection. Without any of these, connect() chooses address and port. */
export interface WayOptions {
  /** The address to connect from. */
  readonly from?: string;
  /** Binds to it before it connects, without IP_BIND_ADDRESS_NO_PORT. */
  readonly isBoundBefore?: boolean;
  /** connect() searches the range in one pass (IP_LOCAL_PORT_RANGE). */
  readonly isInOnePass?: boolean;
  /** connect() does not wait for an answer: what it begins holds its slot as well. */
  readonly isNotAwaited?: boolean;
}

/** The most of IP_LOCAL_PORT_RANGE: it clamps within the range of the namespace. */
const EVERY_PORT = [0, 65_535] as const;

/** What a client does, over and over, to connect to one server: nothing of it is computed anew. */
export class Way<To extends Endpoint = Server> {
  readonly server: To;
  readonly #destination: Uint8Array;
  readonly #source: Uint8Array | null;
  readonly #options: WayOptions;

  constructor(server: To, options: WayOptions = {}) {
    const { from, isBoundBefore = false } = options;
    this.server = server;
    this.#options = options;
    this.#destination = socketAddress(server.address, server.port);
    const any = server.address.includes(':') ? '::' : '0.0.0.0';
    this.#source = from === undefined && !isBoundBefore ? null : socketAddress(from ?? any, 0);
  }

  /**
   * Connects, in the namespace that the thread is in.
   *
   * @returns null where no port is left (EADDRNOTAVAIL of connect(), EADDRINUSE of bind())
   * @throws FourtupleError FT_KERNEL where it fails for another reason
   */
  connect(): TcpSocket | null {
    const { isBoundBefore = false, isInOnePass = false, isNotAwaited = false } = this.#options;
    const socket = TcpSocket.open(this.#destination, { blocking: !isNotAwaited });
    if (isInOnePass) socket.localPortRange(...EVERY_PORT);
    if (this.#source !== null) {
      if (!isBoundBefore) socket.bindAddressNoPort();
      if (isRefused(socket, 'bind', socket.bind(this.#source))) return null;
    }
    return isRefused(socket, 'connect', socket.connect(this.#destination)) ? null : socket;
  }
}

const NO_PORT = { bind: 'EADDRINUSE', connect: 'EADDRNOTAVAIL' } as const;

/** What connect() says where it is not to wait. */
const BEGUN = 'EINPROGRESS';

/** Closes the socket where it is. */
function isRefused(socket: TcpSocket, call: keyof typeof NO_PORT, failure: string | null): boolean {
  if (failure === null || failure === BEGUN) return false;
  socket.close();
  if (failure === NO_PORT[call]) return true;
  throw new FourtupleError('FT_KERNEL', `${call}: ${failure}`);
}

/** An address as text and a port, as calls take them. */
export function socketAddress(address: string, port: number): Uint8Array {
  return encodeSocketAddress(parseAddress(address), port);
}
