import { constants } from 'node:os';
import { FourtupleError } from '../tcp/error.ts';
import { DESTROY_REQUEST_SIZE, encodeDestroyed, newDestroyBatch } from './inet-diag-request.ts';
import { errnoName } from './libc.ts';
import { type MessageVisitor, Netlink } from './netlink.ts';
import { NetlinkError } from './netlink-error.ts';
import { type KernelError, readErrorNumber, readKernelError } from './netlink-message.ts';
import { type NetlinkTransport, openNetlink } from './netlink-transport.ts';
import type { SocketIds } from './socket-ids.ts';

/** What became of sockets that were to be destroyed. */
export interface Destroyed {
  readonly destroyed: number;
  /** Had gone meanwhile, or another socket has their place: that one is left alone (ENOENT, ESTALE). */
  readonly gone: number;
}

const NETLINK_SOCK_DIAG = 4;
const OPERATION = 'destroy TCP sockets';
/**
 * Requests in each send. On 113,000 TIME_WAIT sockets, with Linux 6.18: 1.2 million destroyed per second with 32, 1.28
 * with 64, 1.37 with 128, 1.40 with 256, 1.44 with 1024. A receive buffer of the usual size (net.core.rmem_default,
 * 212,992 bytes) has room for the error replies to 240.
 */
const BATCH = 128;
const { EINVAL, ENOENT, EOPNOTSUPP, EPERM, ESTALE } = constants.errno;

/**
 * Destroys sockets of a network namespace (SOCK_DESTROY of sock_diag, `tcp_abort()`): many requests in each send, replies
 * for errors only. Each request names its socket by its cookie: a socket that has taken the same addresses and ports since
 * is never touched. TIME_WAIT sockets since Linux 6.0. Needs CAP_NET_ADMIN in the namespace's user namespace.
 */
export class SockDestroy {
  readonly #netlink: Netlink;
  readonly #batch: Uint8Array = newDestroyBatch(BATCH);
  readonly #batchView = new DataView(this.#batch.buffer);
  #gone = 0;
  #failure: KernelError | undefined;

  /** @param transport a netlink socket of sock_diag */
  constructor(transport: NetlinkTransport) {
    this.#netlink = new Netlink(transport);
  }

  /** For the network namespace that the calling thread is in. @throws FourtupleError FT_UNSUPPORTED */
  static open(): SockDestroy {
    return new SockDestroy(openNetlink(NETLINK_SOCK_DIAG, OPERATION));
  }

  /**
   * @param rows rows of `ids`
   * @param count how many of them, from the first
   * @throws FourtupleError FT_PRIVILEGE without CAP_NET_ADMIN; FT_UNSUPPORTED where the kernel cannot (built without
   *   CONFIG_INET_DIAG_DESTROY, or older than 6.0); FT_KERNEL otherwise
   */
  destroy(ids: SocketIds, rows: Uint32Array, count: number): Destroyed {
    this.#gone = 0;
    this.#failure = undefined;
    for (let from = 0; from < count; from += BATCH) {
      this.#destroyBatch(ids, rows, from, Math.min(BATCH, count - from));
      if (this.#failure !== undefined) throw refusal(this.#failure);
    }
    return { destroyed: count - this.#gone, gone: this.#gone };
  }

  close(): void {
    this.#netlink.close();
  }

  #destroyBatch(ids: SocketIds, rows: Uint32Array, from: number, count: number): void {
    // Fewer than a batch are its last ones: only the very last asks for an answer in any case.
    const start = (BATCH - count) * DESTROY_REQUEST_SIZE;
    for (let index = 0; index < count; index += 1) {
      encodeDestroyed(this.#batchView, start + index * DESTROY_REQUEST_SIZE, ids, rows[from + index] as number);
    }
    const requests = start === 0 ? this.#batch : this.#batch.subarray(start);
    this.#netlink.sendBatch(requests, DESTROY_REQUEST_SIZE, OPERATION, this.#takeAnswer);
  }

  readonly #takeAnswer: MessageVisitor = (view, at, length) => {
    const errno = readErrorNumber(view, at, length);
    if (errno === ENOENT || errno === ESTALE) this.#gone += 1;
    else if (errno !== 0) this.#failure ??= readKernelError(view, at, length);
  };
}

function refusal(error: KernelError): FourtupleError {
  const cause = new NetlinkError({ operation: OPERATION, ...error });
  if (error.errno === EPERM) {
    return new FourtupleError(
      'FT_PRIVILEGE',
      'TCP sockets may not be destroyed here: this process lacks CAP_NET_ADMIN',
      {
        hint: 'Run it as root; CAP_NET_ADMIN must hold in the user namespace that the network namespace belongs to.',
        cause,
      },
    );
  }
  if (error.errno === EOPNOTSUPP || error.errno === EINVAL) {
    return new FourtupleError(
      'FT_UNSUPPORTED',
      `this kernel cannot destroy TIME_WAIT sockets: ${errnoName(error.errno)}`,
      {
        hint: 'It needs Linux 6.0 or newer, built with CONFIG_INET_DIAG_DESTROY.',
        cause,
      },
    );
  }
  return cause;
}
