import { CallError } from './libc-calls.ts';
import { listenAt, NativeSocket } from './native-socket.ts';
import { AF_INET6, type Endpoint, encodeSocketAddress, familyOf } from './socket-address.ts';

/** A listener, and the endpoint that clients connect to. */
export interface Server extends Endpoint {
  readonly listener: NativeSocket;
}

/** How a client gets its end of a connection. Without any of these, `connect()` chooses address and port. */
export interface ClientOptions {
  /** The address to connect from. */
  readonly from?: string;
  /** Binds before it connects, so that the port is chosen without regard to the destination. */
  readonly boundBefore?: boolean;
  /** Binds to this port. */
  readonly port?: number;
  /** SO_REUSEADDR: together with `port` it takes a port that has sockets already, if they allow it too. */
  readonly reuseAddress?: boolean;
  /** IP_LOCAL_PORT_RANGE. */
  readonly portRange?: readonly [low: number, high: number];
  /** SO_BINDTODEVICE. */
  readonly device?: string;
  /** An IPv6 socket with IPv4-mapped addresses, as dual-stack clients have. */
  readonly mapped?: boolean;
}

export interface Connection {
  readonly client: NativeSocket;
  readonly server: NativeSocket;
}

/** Serves at an endpoint. Clients may connect to another address than the one it listens at. */
export function serve(address: string, port: number, listenAddress: string = address): Server {
  return { address, port, listener: listenAt(listenAddress, port) };
}

/** What a client does before it connects. @throws CallError where binding fails. */
export function openClient(to: Endpoint, options: ClientOptions = {}, blocking = true): NativeSocket {
  const family = options.mapped ? AF_INET6 : familyOf(to.address);
  const socket = NativeSocket.open(family, { blocking });
  try {
    if (options.reuseAddress) socket.reuseAddress();
    if (options.device !== undefined) socket.bindToDevice(options.device);
    if (options.portRange !== undefined) socket.localPortRange(...options.portRange);
    const { from, port, boundBefore = false } = options;
    if (port === undefined && !boundBefore && from !== undefined) socket.bindAddressNoPort();
    if (port !== undefined || boundBefore || from !== undefined) {
      const any = familyOf(to.address) === AF_INET6 ? '::' : '0.0.0.0';
      socket.bind(as(options, from ?? any), port ?? 0);
    }
  } catch (error) {
    socket.close();
    throw error;
  }
  return socket;
}

/** The destination in the form that the client's socket wants. */
export function destinationOf(to: Endpoint, options: ClientOptions): Uint8Array {
  return encodeSocketAddress(as(options, to.address), to.port);
}

function as(options: ClientOptions, address: string): string {
  return options.mapped ? `::ffff:${address}` : address;
}

/** @returns the connection, or the name of the error where the kernel refuses it. */
export function tryConnection(to: Server, options: ClientOptions = {}): Connection | string {
  let client: NativeSocket;
  try {
    client = openClient(to, options);
  } catch (error) {
    if (error instanceof CallError) return error.errno;
    throw error;
  }
  const failure = client.tryConnect(destinationOf(to, options));
  if (failure === undefined) return { client, server: to.listener.accept() };
  client.close();
  return failure;
}

/** @throws CallError where the kernel refuses it. */
export function connection(to: Server, options: ClientOptions = {}): Connection {
  const result = tryConnection(to, options);
  if (typeof result === 'string') throw new CallError(`connect to ${to.address} ${to.port}`, result);
  return result;
}

/** Connections that stay open. */
export function hold(count: number, to: Server, options: ClientOptions = {}): Connection[] {
  return Array.from({ length: count }, () => connection(to, options));
}
