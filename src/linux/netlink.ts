import { NetlinkError } from './netlink-error.ts';
import {
  align4,
  HEADER_SIZE,
  type KernelError,
  messageFlags,
  messageLength,
  messageSequence,
  messageType,
  NLM_F_DUMP_INTR,
  NLMSG_DONE,
  NLMSG_ERROR,
  NLMSG_OVERRUN,
  readKernelError,
  stampSequence,
  writeSequence,
} from './netlink-message.ts';
import type { NetlinkTransport } from './netlink-transport.ts';

/**
 * Called for each message of a reply, with where it stands in the receive buffer: it is valid until the call returns.
 *
 * @param length the message's length in bytes, header included, as checked against the buffer
 */
export type MessageVisitor = (view: DataView, at: number, length: number) => void;

/** How a dump went. */
export interface DumpOutcome {
  readonly messages: number;
  /** The kernel said that the dump is not consistent (NLM_F_DUMP_INTR). */
  readonly interrupted: boolean;
}

/** The kernel fills at most 32 KiB for each receive (`netlink_recvmsg()`, af_netlink.c). */
const RECEIVE_BUFFER_BYTES = 65_536;

/** One netlink conversation: requests, and replies in one or many parts. Not for two requests at a time. */
export class Netlink {
  readonly #transport: NetlinkTransport;
  readonly #buffer = new Uint8Array(RECEIVE_BUFFER_BYTES);
  readonly #view = new DataView(this.#buffer.buffer);
  #sequence = 0;

  constructor(transport: NetlinkTransport) {
    this.#transport = transport;
  }

  /** Seconds spent inside the kernel so far. */
  get kernelSeconds(): number {
    return this.#transport.kernelSeconds;
  }

  /**
   * Asks for a dump and visits every message of its reply.
   *
   * @param operation what is asked, as it ends the sentence of an error: `list TCP sockets`
   * @param wanted the type of the reply's messages
   * @throws NetlinkError where the kernel refuses, or the reply cannot be true; messages visited before that were whole
   */
  dump(
    request: Uint8Array,
    operation: string,
    visit: MessageVisitor,
    wanted: number = typeOfRequest(request),
  ): DumpOutcome {
    stampSequence(request, ++this.#sequence);
    this.#transport.send(request);
    return this.#receiveDump(wanted, operation, visit);
  }

  /** Like {@link dump}; the kernel prepares the first part of its reply beside the caller. */
  startDump(request: Uint8Array, operation: string): (visit: MessageVisitor) => Promise<DumpOutcome> {
    stampSequence(request, ++this.#sequence);
    const sent = this.#transport.sendInBackground(request);
    sent.catch(() => {}); // told when the reply is asked for
    return async (visit) => {
      await sent;
      return this.#receiveDump(typeOfRequest(request), operation, visit);
    };
  }

  /**
   * Asks for one object.
   *
   * @param wanted the type of the message that holds it
   * @returns whether there is one: `visit` was called with it; false where the kernel answered one of `absent`
   * @throws NetlinkError on any other refusal
   */
  query(
    request: Uint8Array,
    operation: string,
    absent: readonly number[],
    visit: MessageVisitor,
    wanted: number = typeOfRequest(request),
  ): boolean {
    const at = this.#ask(request, operation);
    const length = messageLength(this.#view, at);
    if (messageType(this.#view, at) === NLMSG_ERROR) {
      const error = readKernelError(this.#view, at, length);
      if (absent.includes(error.errno)) return false;
      throw failure(operation, error);
    }
    if (messageType(this.#view, at) !== wanted) throw unexpectedType(operation, messageType(this.#view, at));
    visit(this.#view, at, length);
    return true;
  }

  /**
   * Asks for a change, and waits until the kernel has made it.
   *
   * @param request one that is to be acknowledged (NLM_F_ACK)
   * @param expected error numbers that are an answer rather than a failure
   * @returns 0 where the change was made, or which of `expected` the kernel answered
   * @throws NetlinkError on any other refusal
   */
  change(request: Uint8Array, operation: string, expected: readonly number[]): number {
    const at = this.#ask(request, operation);
    if (messageType(this.#view, at) !== NLMSG_ERROR) throw unexpectedType(operation, messageType(this.#view, at));
    const error = readKernelError(this.#view, at, messageLength(this.#view, at));
    if (error.errno === 0 || expected.includes(error.errno)) return error.errno;
    throw failure(operation, error);
  }

  /**
   * Sends several requests in one go, and visits the answers (NLMSG_ERROR) of those that get one, until the last one has.
   *
   * @param requests all of one size, one behind the other; the last one is to be acknowledged (NLM_F_ACK)
   * @throws NetlinkError where the reply cannot be true, or the kernel had no room for all answers (ENOBUFS)
   */
  sendBatch(requests: Uint8Array, requestSize: number, operation: string, visit: MessageVisitor): void {
    const batch = new DataView(requests.buffer, requests.byteOffset, requests.byteLength);
    const before = this.#sequence;
    for (let at = 0; at < requests.byteLength; at += requestSize) {
      this.#sequence = (this.#sequence + 1) >>> 0;
      writeSequence(batch, at, this.#sequence);
    }
    this.#transport.send(requests);
    const count = requests.byteLength / requestSize;
    for (let isAnswered = false; !isAnswered; ) {
      const end = this.#receive(operation);
      for (let at = 0; at < end; at += align4(messageLength(this.#view, at))) {
        const length = this.#checkedLength(at, end, operation);
        const number = (messageSequence(this.#view, at) - before) >>> 0;
        if (number === 0 || number > count) continue;
        if (messageType(this.#view, at) !== NLMSG_ERROR) throw unexpectedType(operation, messageType(this.#view, at));
        visit(this.#view, at, length);
        isAnswered = number === count;
      }
    }
  }

  close(): void {
    this.#transport.close();
  }

  #receiveDump(wanted: number, operation: string, visit: MessageVisitor): DumpOutcome {
    const view = this.#view;
    const sequence = this.#sequence;
    let messages = 0;
    let interrupted = false;
    for (;;) {
      const end = this.#receive(operation);
      for (let at = 0; at < end; ) {
        const length = this.#checkedLength(at, end, operation);
        const type = messageType(view, at);
        if (messageSequence(view, at) === sequence) {
          if ((messageFlags(view, at) & NLM_F_DUMP_INTR) !== 0) interrupted = true;
          if (type === wanted) {
            messages += 1;
            visit(view, at, length);
          } else if (type === NLMSG_DONE) {
            const error = readKernelError(view, at, length);
            if (error.errno !== 0) throw failure(operation, error);
            return { messages, interrupted };
          } else if (type === NLMSG_ERROR) {
            throw failure(operation, readKernelError(view, at, length));
          } else if (type === NLMSG_OVERRUN) {
            throw new NetlinkError({
              operation,
              errno: 0,
              detail: 'the kernel lost part of the reply (NLMSG_OVERRUN)',
            });
          } else {
            throw unexpectedType(operation, type);
          }
        }
        at += align4(length);
      }
    }
  }

  /** Sends a request, and gives where the first message of its reply stands. */
  #ask(request: Uint8Array, operation: string): number {
    stampSequence(request, ++this.#sequence);
    this.#transport.send(request);
    for (;;) {
      const end = this.#receive(operation);
      for (let at = 0; at < end; at += align4(messageLength(this.#view, at))) {
        this.#checkedLength(at, end, operation);
        if (messageSequence(this.#view, at) === this.#sequence) return at;
      }
    }
  }

  #receive(operation: string): number {
    const length = this.#transport.receive(this.#buffer);
    if (length > this.#buffer.byteLength) {
      const detail = `the reply has ${length} bytes, ${this.#buffer.byteLength} were expected at most`;
      throw new NetlinkError({ operation, errno: 0, detail });
    }
    if (length === 0) throw new NetlinkError({ operation, errno: 0, detail: 'the reply is empty' });
    return length;
  }

  #checkedLength(at: number, end: number, operation: string): number {
    const rest = end - at;
    const length = rest < HEADER_SIZE ? rest : messageLength(this.#view, at);
    if (rest < HEADER_SIZE || length < HEADER_SIZE || length > rest) {
      const detail = `the message at byte ${at} says ${length} bytes where ${rest} are left`;
      throw new NetlinkError({ operation, errno: 0, detail });
    }
    return length;
  }
}

function typeOfRequest(request: Uint8Array): number {
  return messageType(new DataView(request.buffer, request.byteOffset), 0);
}

function failure(operation: string, error: KernelError): NetlinkError {
  return error.errno === 0
    ? new NetlinkError({ operation, errno: 0, detail: 'the kernel acknowledged where data was expected' })
    : new NetlinkError({ operation, ...error });
}

function unexpectedType(operation: string, type: number): NetlinkError {
  return new NetlinkError({ operation, errno: 0, detail: `the reply has a message of type ${type}` });
}
