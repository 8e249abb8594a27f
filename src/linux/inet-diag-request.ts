import type { Address } from '../tcp/address.ts';
import { isIPv4 } from '../tcp/address.ts';
import { AF_INET, AF_INET6, SOCKET_ID_SIZE } from './inet-diag-message.ts';
import { ATTRIBUTE_HEADER_SIZE, encodeHeader, HEADER_SIZE, NLM_F_ACK, NLM_F_DUMP } from './netlink-message.ts';
import type { SocketIds } from './socket-ids.ts';

/** A request for the sockets of one family: `struct inet_diag_req_v2` in SOCK_DIAG_BY_FAMILY. */
const SOCK_DIAG_BY_FAMILY = 20;
/** A request to destroy one socket, as `struct inet_diag_req_v2` too (Linux 4.5). */
const SOCK_DESTROY = 21;
/** A request for TCP sockets of all families in one walk: `struct inet_diag_req` in TCPDIAG_GETSOCK (Linux 2.6.12). */
const TCPDIAG_GETSOCK = 18;

const INET_DIAG_REQ_BYTECODE = 1;
const IPPROTO_TCP = 6;
const REQUEST_V2_SIZE = 56;
/** Where the socket's name stands in it. */
const REQUEST_V2_ID = 8;
const REQUEST_V1_SIZE = 60;
const NO_COOKIE = 0xffff_ffff;

/** `idiag_ext` bit that asks for struct tcp_info. */
const EXTENSION_INFO = 1 << 1;

/** A dump of both families in one walk of the kernel's tables; of full sockets with their tcp_info where asked. */
export function encodeDumpOfAll(states: number, filter: Uint8Array, withInfo = false): Uint8Array {
  const message = newMessage(TCPDIAG_GETSOCK, NLM_F_DUMP, REQUEST_V1_SIZE, filter);
  const view = new DataView(message.buffer);
  view.setUint8(HEADER_SIZE + 3, withInfo ? EXTENSION_INFO : 0);
  view.setUint32(HEADER_SIZE + 4 + SOCKET_ID_SIZE, states, true);
  return message;
}

/** A dump of one family. */
export function encodeDumpOfFamily(family: number, states: number, filter: Uint8Array, withInfo = false): Uint8Array {
  const message = newMessage(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, REQUEST_V2_SIZE, filter);
  const view = new DataView(message.buffer);
  view.setUint8(HEADER_SIZE, family);
  view.setUint8(HEADER_SIZE + 1, IPPROTO_TCP);
  view.setUint8(HEADER_SIZE + 2, withInfo ? EXTENSION_INFO : 0);
  view.setUint32(HEADER_SIZE + 4, states, true);
  return message;
}

/** The four parts that name one connection of a network namespace, and the interface that it is bound to (0: none). */
export interface FourTuple {
  readonly source: Address;
  readonly sourcePort: number;
  readonly destination: Address;
  readonly destinationPort: number;
  readonly interfaceIndex: number;
}

/** A question about one connection, answered by a look-up in the kernel's hash table, with its tcp_info. */
export function encodeExactQuery(tuple: FourTuple): Uint8Array {
  const family = isIPv4(tuple.source) ? AF_INET : AF_INET6;
  const message = newMessage(SOCK_DIAG_BY_FAMILY, 0, REQUEST_V2_SIZE, new Uint8Array(0));
  const view = new DataView(message.buffer);
  view.setUint8(HEADER_SIZE, family);
  view.setUint8(HEADER_SIZE + 1, IPPROTO_TCP);
  view.setUint8(HEADER_SIZE + 2, EXTENSION_INFO);
  const id = HEADER_SIZE + REQUEST_V2_ID;
  view.setUint16(id, tuple.sourcePort);
  view.setUint16(id + 2, tuple.destinationPort);
  encodeAddress(view, id + 4, tuple.source);
  encodeAddress(view, id + 20, tuple.destination);
  view.setUint32(id + 36, tuple.interfaceIndex, true);
  view.setUint32(id + 40, NO_COOKIE, true);
  view.setUint32(id + 44, NO_COOKIE, true);
  return message;
}

/** Bytes of each request of {@link newDestroyBatch}. */
export const DESTROY_REQUEST_SIZE: number = HEADER_SIZE + REQUEST_V2_SIZE;

/**
 * Requests to destroy one socket each, one behind the other, that lack their sockets yet ({@link encodeDestroyed}). The
 * kernel answers those that fail, and the last one in any case.
 */
export function newDestroyBatch(requests: number): Uint8Array {
  const batch = new Uint8Array(requests * DESTROY_REQUEST_SIZE);
  for (let at = 0; at < batch.byteLength; at += DESTROY_REQUEST_SIZE) {
    const message = batch.subarray(at, at + DESTROY_REQUEST_SIZE);
    encodeHeader(message, SOCK_DESTROY, at + DESTROY_REQUEST_SIZE === batch.byteLength ? NLM_F_ACK : 0);
    message[HEADER_SIZE + 1] = IPPROTO_TCP;
  }
  return batch;
}

/** Names the socket that the request at `at` of a batch destroys: a row of `ids`. */
export function encodeDestroyed(batch: DataView, at: number, ids: SocketIds, row: number): void {
  batch.setUint8(at + HEADER_SIZE, ids.copyTo(row, batch, at + HEADER_SIZE + REQUEST_V2_ID));
}

function encodeAddress(view: DataView, at: number, address: Address): void {
  if (isIPv4(address)) view.setUint32(at, address[3]);
  else address.forEach((word, index) => void view.setUint32(at + 4 * index, word));
}

function newMessage(type: number, flags: number, bodySize: number, filter: Uint8Array): Uint8Array {
  const attributeSize = filter.byteLength === 0 ? 0 : ATTRIBUTE_HEADER_SIZE + filter.byteLength;
  const message = new Uint8Array(HEADER_SIZE + bodySize + attributeSize);
  encodeHeader(message, type, flags);
  if (attributeSize > 0) {
    const at = HEADER_SIZE + bodySize;
    const view = new DataView(message.buffer);
    view.setUint16(at, attributeSize, true);
    view.setUint16(at + 2, INET_DIAG_REQ_BYTECODE, true);
    message.set(filter, at + ATTRIBUTE_HEADER_SIZE);
  }
  return message;
}
