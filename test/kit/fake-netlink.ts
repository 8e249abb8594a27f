import { NetlinkError } from '../../src/linux/netlink-error.ts';
import type { NetlinkTransport } from '../../src/linux/netlink-transport.ts';
import { encodeAttributes } from './inet-diag-encoder.ts';

/** A request as the kernel would read it. */
export interface NetlinkRequest {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  /** All of it, header included. */
  readonly bytes: Uint8Array;
}

/** Plays the kernel: the datagrams that answer a request. */
export type NetlinkResponder = (request: NetlinkRequest) => readonly Uint8Array[];

const HEADER = 16;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const NLM_F_MULTI = 0x002;
const NLM_F_DUMP_INTR = 0x010;
const NLM_F_DUMP = 0x300;
const NLM_F_CAPPED = 0x100;
const NLM_F_ACK_TLVS = 0x200;

/** Carries requests to a function, and its datagrams back, as a netlink socket does. */
export class FakeNetlink implements NetlinkTransport {
  readonly kernelSeconds = 0;
  readonly requests: NetlinkRequest[] = [];
  closed = false;
  readonly #respond: NetlinkResponder;
  readonly #datagrams: Uint8Array[] = [];

  constructor(respond: NetlinkResponder) {
    this.#respond = respond;
  }

  /** Datagrams that were answered and not read. */
  get unread(): number {
    return this.#datagrams.length;
  }

  send(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const request = {
      type: view.getUint16(4, true),
      flags: view.getUint16(6, true),
      sequence: view.getUint32(8, true),
      bytes: bytes.slice(),
    };
    this.requests.push(request);
    this.#datagrams.push(...this.#respond(request));
  }

  async sendInBackground(bytes: Uint8Array): Promise<void> {
    await Promise.resolve();
    this.send(bytes);
  }

  /** Where nothing is left to read, the reply never comes: the time-out of a real socket. */
  receive(into: Uint8Array): number {
    const datagram = this.#datagrams.shift();
    if (datagram === undefined) throw new NetlinkError({ operation: 'receive', errno: 0, detail: 'no reply' });
    into.set(datagram.subarray(0, into.length));
    return datagram.length;
  }

  close(): void {
    this.closed = true;
  }
}

export function isDump(request: NetlinkRequest): boolean {
  return (request.flags & NLM_F_DUMP) === NLM_F_DUMP;
}

/** A message whose header says `length`, or its true length where left out. */
export function message(
  head: { readonly type: number; readonly sequence: number; readonly flags?: number; readonly length?: number },
  body: Uint8Array = new Uint8Array(0),
): Uint8Array {
  const bytes = new Uint8Array(Math.ceil((HEADER + body.length) / 4) * 4);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, head.length ?? HEADER + body.length, true);
  view.setUint16(4, head.type, true);
  view.setUint16(6, head.flags ?? 0, true);
  view.setUint32(8, head.sequence, true);
  bytes.set(body, HEADER);
  return bytes;
}

/** The messages of a dump: one for each body, of the request's type, and the one that says it is done. */
export function dumpMessages(
  request: NetlinkRequest,
  bodies: readonly Uint8Array[],
  how: { readonly interrupted?: boolean; readonly done?: KernelFailure } = {},
): Uint8Array[] {
  const flags = NLM_F_MULTI | (how.interrupted === true ? NLM_F_DUMP_INTR : 0);
  const { sequence, type } = request;
  return [
    ...bodies.map((body) => message({ type, sequence, flags }, body)),
    doneMessage(request, { ...how.done, flags }),
  ];
}

/** How the kernel says what went wrong. */
export interface KernelFailure {
  /** Positive; 0 for success. */
  readonly errno?: number;
  readonly text?: string;
  readonly offset?: number;
  /** NETLINK_CAP_ACK: only the request's header is repeated. */
  readonly capped?: boolean;
  readonly flags?: number;
}

/** NLMSG_DONE, with the dump's status. */
export function doneMessage(request: NetlinkRequest, failure: KernelFailure = {}): Uint8Array {
  const extended = extendedAck(failure);
  const flags = (failure.flags ?? NLM_F_MULTI) | (extended.length > 0 ? NLM_F_ACK_TLVS : 0);
  return message(
    { type: NLMSG_DONE, sequence: request.sequence, flags },
    join([errorNumber(failure.errno ?? 0), extended]),
  );
}

/** NLMSG_ERROR: the error number, the request or its header, and the extended acknowledgement. */
export function errorMessage(request: NetlinkRequest, failure: KernelFailure = {}): Uint8Array {
  const extended = extendedAck(failure);
  const flags = (failure.capped === true ? NLM_F_CAPPED : 0) | (extended.length > 0 ? NLM_F_ACK_TLVS : 0);
  const echoed = failure.capped === true ? request.bytes.subarray(0, HEADER) : request.bytes;
  return message(
    { type: NLMSG_ERROR, sequence: request.sequence, flags },
    join([errorNumber(failure.errno ?? 0), echoed, extended]),
  );
}

/** Bytes one behind the other: several messages in one datagram. */
export function join(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function errorNumber(errno: number): Uint8Array {
  return new Uint8Array(Int32Array.of(-errno).buffer);
}

function extendedAck({ text, offset }: KernelFailure): Uint8Array {
  return encodeAttributes([
    ...(text === undefined ? [] : [{ type: 1, value: new TextEncoder().encode(`${text}\0`) }]),
    ...(offset === undefined ? [] : [{ type: 2, value: new Uint8Array(Uint32Array.of(offset).buffer) }]),
  ]);
}
