import { FourtupleError } from '../tcp/error.ts';
import { errno, errnoName, libc, SOCK_CLOEXEC } from './libc.ts';

const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const SOL_IP = 0;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const SO_LINGER = 13;
const MSG_NOSIGNAL = 0x4000;
const IP_BIND_ADDRESS_NO_PORT = 24;
const IP_LOCAL_PORT_RANGE = 51;

/** Of an address as encodeSocketAddress() gives it: its family, and whatever follows. */
type SocketAddress = Uint8Array;

const scratch = new Uint8Array(4096);

/**
 * A TCP socket of the C library: Node's own cannot set what port exhaustion is about, nor say how a call failed. It is in
 * the network namespace that the thread was in when it was opened, for its whole life.
 */
export class TcpSocket {
  readonly fd: number;

  private constructor(fd: number) {
    this.fd = fd;
  }

  /** @throws NoMoreFiles; FourtupleError FT_KERNEL */
  static open(address: SocketAddress, { blocking = true }: { readonly blocking?: boolean } = {}): TcpSocket {
    const family = address[0] as number;
    const type = SOCK_STREAM | SOCK_CLOEXEC | (blocking ? 0 : SOCK_NONBLOCK);
    return new TcpSocket(checked('socket', libc.socket(family, type, 0)));
  }

  /** Listens at an address. @param backlog connections that are there before they are accepted; at most core.somaxconn */
  static listen(address: SocketAddress, backlog = 65_535): TcpSocket {
    const socket = TcpSocket.open(address).reuseAddress();
    checked('bind', libc.bind(socket.fd, address, address.length));
    checked('listen', libc.listen(socket.fd, backlog));
    return socket;
  }

  /** @returns null if the call went well, else the name of its error: `EADDRINUSE` */
  bind(address: SocketAddress): string | null {
    return libc.bind(this.fd, address, address.length) === 0 ? null : errnoName(errno());
  }

  /** @returns null if the call went well, else the name of its error: `EADDRNOTAVAIL`, or `EINPROGRESS` if it does not block */
  connect(address: SocketAddress): string | null {
    return libc.connect(this.fd, address, address.length) === 0 ? null : errnoName(errno());
  }

  /** The next connection of a listener. */
  accept(): TcpSocket {
    return new TcpSocket(checked('accept4', libc.accept4(this.fd, null, null, SOCK_CLOEXEC)));
  }

  /** Waits until the other end has sent its FIN, and throws away what it sends before. */
  awaitEnd(): void {
    while (this.receive() > 0);
  }

  /** Waits until something comes, and throws it away. @returns how many bytes; 0 where the other end has sent its FIN */
  receive(): number {
    return checked('read', libc.read(this.fd, scratch, scratch.length));
  }

  send(data: Uint8Array): void {
    checked('send', libc.send(this.fd, data, data.length, MSG_NOSIGNAL));
  }

  get localPort(): number {
    const address = new Uint8Array(28);
    checked('getsockname', libc.getsockname(this.fd, address, Uint32Array.of(address.length)));
    return ((address[2] as number) << 8) | (address[3] as number);
  }

  /** bind() then takes a port whose last connections are still in TIME_WAIT, as servers want it (SO_REUSEADDR). */
  reuseAddress(): this {
    return this.option(SOL_SOCKET, SO_REUSEADDR, Uint32Array.of(1));
  }

  /** bind() then chooses an address and no port: connect() does, for its destination (IP_BIND_ADDRESS_NO_PORT). */
  bindAddressNoPort(): this {
    return this.option(SOL_IP, IP_BIND_ADDRESS_NO_PORT, Uint32Array.of(1));
  }

  /** Both ends inclusive; the whole range has the effect that connect() searches it in one pass (IP_LOCAL_PORT_RANGE). */
  localPortRange(low: number, high: number): this {
    return this.option(SOL_IP, IP_LOCAL_PORT_RANGE, Uint32Array.of(high * 0x10000 + low));
  }

  /** It will be closed with a RST, which leaves no TIME_WAIT. */
  resetOnClose(): this {
    return this.option(SOL_SOCKET, SO_LINGER, Uint32Array.of(1, 0));
  }

  close(): void {
    checked('close', libc.close(this.fd));
  }

  private option(level: number, name: number, value: Uint32Array): this {
    checked(`setsockopt ${level} ${name}`, libc.setsockopt(this.fd, level, name, value, value.byteLength));
    return this;
  }
}

/** This process has as many files open as it may (RLIMIT_NOFILE). */
export class NoMoreFiles extends FourtupleError {
  constructor(call: string) {
    super('FT_KERNEL', `${call}: EMFILE, this process may open no more files`, { hint: 'Raise it with `ulimit -n`.' });
  }
}

function checked(call: string, result: number): number {
  if (result >= 0) return result;
  const name = errnoName(errno());
  throw name === 'EMFILE' ? new NoMoreFiles(call) : new FourtupleError('FT_KERNEL', `${call}: ${name}`);
}
