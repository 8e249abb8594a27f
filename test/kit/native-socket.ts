import { checked, failureName, libc } from './libc-calls.ts';
import { AF_INET6, decodePort, encodeSocketAddress } from './socket-address.ts';

const SOCK_STREAM = 1;
const SOCK_CLOEXEC = 0o2000000;
const SOCK_NONBLOCK = 0o4000;

const SOL_IP = 0;
const SOL_SOCKET = 1;
const IPPROTO_IPV6 = 41;
const SO_REUSEADDR = 2;
const SO_LINGER = 13;
const SO_REUSEPORT = 15;
const SO_BINDTODEVICE = 25;
const IP_BIND_ADDRESS_NO_PORT = 24;
const IP_LOCAL_PORT_RANGE = 51;
const IPV6_V6ONLY = 26;

const open = new Set<NativeSocket>();
const scratch = new Uint8Array(128);

/** Closes what the tests have left open. */
export function closeAllSockets(): void {
  for (const socket of open) socket.close();
}

/** A TCP socket of the C library: Node's own cannot set what port exhaustion is about, nor say how a call failed. */
export class NativeSocket {
  readonly fd: number;

  private constructor(fd: number) {
    this.fd = fd;
    open.add(this);
  }

  /** In the network namespace that the thread is in, for its whole life. */
  static open(family: number, options: { readonly blocking?: boolean } = {}): NativeSocket {
    // A child process must not hold the tests' sockets open: what it is to share is handed to it by name.
    const type = SOCK_STREAM | SOCK_CLOEXEC | (options.blocking === false ? SOCK_NONBLOCK : 0);
    return new NativeSocket(checked('socket', libc.socket(family, type, 0)));
  }

  bind(address: string, port: number): this {
    const bytes = encodeSocketAddress(address, port);
    checked(`bind ${address} ${port}`, libc.bind(this.fd, bytes, bytes.length));
    return this;
  }

  /** @returns undefined if the call went well, else the name of its error. */
  tryBind(address: string, port: number): string | undefined {
    const bytes = encodeSocketAddress(address, port);
    return libc.bind(this.fd, bytes, bytes.length) === 0 ? undefined : failureName();
  }

  connect(address: string, port: number): this {
    const bytes = encodeSocketAddress(address, port);
    checked(`connect ${address} ${port}`, libc.connect(this.fd, bytes, bytes.length));
    return this;
  }

  /** @returns undefined if the call went well, else the name of its error; EINPROGRESS is one for a non-blocking socket. */
  tryConnect(destination: Uint8Array): string | undefined {
    return libc.connect(this.fd, destination, destination.length) === 0 ? undefined : failureName();
  }

  listen(backlog = 4096): this {
    checked('listen', libc.listen(this.fd, backlog));
    return this;
  }

  accept(): NativeSocket {
    return new NativeSocket(checked('accept4', libc.accept4(this.fd, null, null, SOCK_CLOEXEC)));
  }

  /** Waits until the other end has sent its FIN. */
  awaitEnd(): void {
    while (checked('read', libc.read(this.fd, scratch, scratch.length)) > 0);
  }

  /** Sends a FIN and keeps the socket. */
  shutdownWrite(): void {
    checked('shutdown', libc.shutdown(this.fd, 1));
  }

  close(): void {
    if (open.delete(this)) checked('close', libc.close(this.fd));
  }

  /** Closes with a RST: no TIME_WAIT at either end. */
  abort(): void {
    this.resetOnClose().close();
  }

  /** It will be closed with a RST, also where its process is killed. */
  resetOnClose(): this {
    return this.#set(SOL_SOCKET, SO_LINGER, Uint32Array.of(1, 0));
  }

  get localPort(): number {
    const address = new Uint8Array(28);
    checked('getsockname', libc.getsockname(this.fd, address, Uint32Array.of(address.length)));
    return decodePort(address);
  }

  reuseAddress(): this {
    return this.#set(SOL_SOCKET, SO_REUSEADDR, Uint32Array.of(1));
  }

  reusePort(): this {
    return this.#set(SOL_SOCKET, SO_REUSEPORT, Uint32Array.of(1));
  }

  bindToDevice(name: string): this {
    return this.#set(SOL_SOCKET, SO_BINDTODEVICE, Buffer.from(name));
  }

  bindAddressNoPort(): this {
    return this.#set(SOL_IP, IP_BIND_ADDRESS_NO_PORT, Uint32Array.of(1));
  }

  localPortRange(low: number, high: number): this {
    return this.#set(SOL_IP, IP_LOCAL_PORT_RANGE, Uint32Array.of(high * 0x10000 + low));
  }

  /** Sets an option that has no name here. */
  option(level: number, name: number, value: number): this {
    return this.#set(level, name, Uint32Array.of(value));
  }

  ipv6Only(on: boolean): this {
    return this.#set(IPPROTO_IPV6, IPV6_V6ONLY, Uint32Array.of(on ? 1 : 0));
  }

  #set(level: number, name: number, value: Uint8Array | Uint32Array): this {
    checked(`setsockopt ${level} ${name}`, libc.setsockopt(this.fd, level, name, value, value.byteLength));
    return this;
  }
}

/** A listening socket. An IPv6 one at `::` takes IPv4 too, unless told otherwise. */
export function listenAt(address: string, port: number, options: { readonly ipv6Only?: boolean } = {}): NativeSocket {
  const socket = NativeSocket.open(address.includes(':') ? AF_INET6 : 2).reuseAddress();
  if (options.ipv6Only !== undefined) socket.ipv6Only(options.ipv6Only);
  return socket.bind(address, port).listen();
}
