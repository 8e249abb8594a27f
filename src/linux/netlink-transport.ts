import { constants } from 'node:os';
import { FourtupleError } from '../tcp/error.ts';
import { errno, errnoName, libc, SOCK_CLOEXEC, sendInBackground } from './libc.ts';
import { NetlinkError } from './netlink-error.ts';

/** What carries netlink datagrams: the kernel, or a test that plays it. */
export interface NetlinkTransport {
  send(request: Uint8Array): void;
  /** Like {@link send}, on another thread: the kernel runs the first part of a dump inside the call. */
  sendInBackground(request: Uint8Array): Promise<void>;
  /** Waits for a datagram and returns its whole length, also where that is more than `into` holds. */
  receive(into: Uint8Array): number;
  close(): void;
  /** Seconds spent inside the kernel so far, by the calls that the caller waited for. */
  readonly kernelSeconds: number;
}

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOL_NETLINK = 270;
const NETLINK_EXT_ACK = 11;
/** Dumps of rtnetlink are then filtered by what their request names (Linux 4.20). */
const NETLINK_GET_STRICT_CHK = 12;
const SOL_SOCKET = 1;
const SO_RCVTIMEO = 20;
const MSG_TRUNC = 0x20;
/** A reply that takes longer than this is not coming; a dump of a million sockets answers within a second. */
const REPLY_TIMEOUT_SECONDS = 30;

const { EINTR, EAGAIN } = constants.errno;

/**
 * Opens a netlink socket in the network namespace that the calling thread is in; it stays in that namespace for life.
 *
 * @throws FourtupleError FT_UNSUPPORTED where the kernel has no such protocol, or a sandbox refuses it
 */
export function openNetlink(protocol: number, purpose: string): NetlinkTransport {
  const fd = libc.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
  if (fd < 0) {
    throw new FourtupleError('FT_UNSUPPORTED', `no netlink socket for ${purpose}: ${errnoName(errno())}`);
  }
  libc.setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, new Int32Array([1]), 4);
  libc.setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, new Int32Array([1]), 4);
  libc.setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, new BigInt64Array([BigInt(REPLY_TIMEOUT_SECONDS), 0n]), 16);
  return new KernelTransport(fd, purpose);
}

class KernelTransport implements NetlinkTransport {
  kernelSeconds = 0;
  #fd: number;
  readonly #purpose: string;

  constructor(fd: number, purpose: string) {
    this.#fd = fd;
    this.#purpose = purpose;
  }

  send(request: Uint8Array): void {
    const start = performance.now();
    const sent = libc.send(this.#fd, request, request.byteLength, 0);
    this.kernelSeconds += (performance.now() - start) / 1000;
    if (sent < 0) throw this.#failure(errno());
  }

  async sendInBackground(request: Uint8Array): Promise<void> {
    const sent = await sendInBackground(this.#fd, request, request.byteLength);
    if (sent < 0) throw this.#failure(0, 'the request was not taken');
  }

  receive(into: Uint8Array): number {
    const start = performance.now();
    let length: number;
    do length = libc.recv(this.#fd, into, into.byteLength, MSG_TRUNC);
    while (length < 0 && errno() === EINTR);
    this.kernelSeconds += (performance.now() - start) / 1000;
    if (length < 0) {
      const number = errno();
      throw number === EAGAIN ? this.#failure(0, `no reply within ${REPLY_TIMEOUT_SECONDS} s`) : this.#failure(number);
    }
    return length;
  }

  close(): void {
    if (this.#fd >= 0) libc.close(this.#fd);
    this.#fd = -1;
  }

  #failure(number: number, detail?: string): NetlinkError {
    return new NetlinkError({ operation: this.#purpose, errno: number, detail });
  }
}
