import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyAddress, anyIPv4, anyIPv6, anyPort } from '../../test/kit/arbitraries.ts';
import { viewOf as socketOf } from '../../test/kit/fake-sockets.ts';
import { encodeSocket } from '../../test/kit/inet-diag-encoder.ts';
import { type Address, isIPv4 } from '../tcp/address.ts';
import { TcpState } from '../tcp/state.ts';
import {
  DESTROY_REQUEST_SIZE,
  encodeDestroyed,
  encodeDumpOfAll,
  encodeDumpOfFamily,
  encodeExactQuery,
  newDestroyBatch,
} from './inet-diag-request.ts';
import { SocketIds } from './socket-ids.ts';

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const anyStates = fc.integer({ min: 0, max: 0x3fff });
const anyFilter = fc
  .array(fc.nat(0xffff_ffff), { maxLength: 8 })
  .map((words) => new Uint8Array(Uint32Array.from(words).buffer));

/** The netlink header that every request has: all of it, asked for (NLM_F_REQUEST). */
function expectHeader(bytes: Uint8Array, type: number, flags: number): void {
  const view = viewOf(bytes);
  expect(view.getUint32(0, true)).toBe(bytes.length);
  expect(view.getUint16(4, true)).toBe(type);
  expect(view.getUint16(6, true)).toBe(1 | flags);
}

/** The filter is an attribute of type 1 behind the request; there is none where everything is asked for. */
function expectFilter(bytes: Uint8Array, at: number, filter: Uint8Array): void {
  if (filter.length === 0) {
    expect(bytes).toHaveLength(at);
    return;
  }
  const view = viewOf(bytes);
  expect([view.getUint16(at, true), view.getUint16(at + 2, true)]).toEqual([4 + filter.length, 1]);
  expect(bytes.subarray(at + 4)).toEqual(filter);
}

describe('a request for TCP sockets', () => {
  it('of all families is a struct inet_diag_req, of type TCPDIAG_GETSOCK', () => {
    fc.assert(
      fc.property(anyStates, anyFilter, (states, filter) => {
        const bytes = encodeDumpOfAll(states, filter);
        expectHeader(bytes, 18, 0x300);
        expect(viewOf(bytes).getUint32(16 + 4 + 48, true)).toBe(states);
        expectFilter(bytes, 16 + 60, filter);
      }),
    );
  });

  it('of one family is a struct inet_diag_req_v2, of type SOCK_DIAG_BY_FAMILY', () => {
    fc.assert(
      fc.property(fc.constantFrom(2, 10), anyStates, anyFilter, (family, states, filter) => {
        const bytes = encodeDumpOfFamily(family, states, filter);
        expectHeader(bytes, 20, 0x300);
        expect([bytes[16], bytes[17]]).toEqual([family, 6]);
        expect(viewOf(bytes).getUint32(20, true)).toBe(states);
        expectFilter(bytes, 16 + 56, filter);
      }),
    );
  });

  it('asks for tcp_info only where it is wanted', () => {
    const [none, info] = [0, 1 << (2 - 1)];
    for (const [wanted, bits] of [
      [false, none],
      [true, info],
    ] as const) {
      expect(encodeDumpOfAll(2, new Uint8Array(0), wanted)[16 + 3]).toBe(bits);
      expect(encodeDumpOfFamily(2, 2, new Uint8Array(0), wanted)[16 + 2]).toBe(bits);
    }
  });

  it('about one connection names all four parts of it, and asks for its tcp_info', () => {
    const notMapped = anyIPv6.filter((address) => !isIPv4(address));
    const anyEnds = fc.oneof(fc.tuple(anyIPv4, anyIPv4), fc.tuple(notMapped, notMapped));
    fc.assert(
      fc.property(anyEnds, anyPort, anyPort, fc.nat(), ([source, destination], sourcePort, destinationPort, index) => {
        const bytes = encodeExactQuery({ source, sourcePort, destination, destinationPort, interfaceIndex: index });
        expectHeader(bytes, 20, 0);
        expect(bytes).toHaveLength(16 + 56);
        const view = viewOf(bytes);
        expect([...bytes.subarray(16, 19)]).toEqual([isIPv4(source) ? 2 : 10, 6, 1 << (2 - 1)]);
        expect([view.getUint16(24), view.getUint16(26)]).toEqual([sourcePort, destinationPort]);
        const word = (at: number): number[] => [0, 4, 8, 12].map((offset) => view.getUint32(at + offset));
        const written = (address: Address): number[] => (isIPv4(source) ? [address[3], 0, 0, 0] : [...address]);
        expect([word(28), word(44)]).toEqual([written(source), written(destination)]);
        expect(view.getUint32(60, true)).toBe(index);
        // INET_DIAG_NOCOOKIE: whichever socket it is.
        expect(view.getBigUint64(64, true)).toBe(2n ** 64n - 1n);
      }),
    );
  });
});

describe('a batch of requests to destroy sockets', () => {
  const anySocket = fc.record({
    state: fc.constant(TcpState.TIME_WAIT),
    local: anyAddress,
    localPort: anyPort,
    remote: anyAddress,
    remotePort: anyPort,
    family: fc.constantFrom('ipv4' as const, 'ipv6' as const),
    interfaceIndex: fc.nat(),
    cookie: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  });

  it('names each by family, protocol, and all that the kernel named it by; the last one is answered in any case', () => {
    fc.assert(
      fc.property(fc.array(anySocket, { minLength: 1, maxLength: 6 }), (sockets) => {
        const ids = new SocketIds();
        const batch = newDestroyBatch(sockets.length);
        expect(batch).toHaveLength(sockets.length * DESTROY_REQUEST_SIZE);
        // Backwards, so that neither rows nor requests are told from the order they come in.
        for (const socket of [...sockets].reverse()) ids.append(socketOf(socket));
        for (const index of sockets.keys()) {
          encodeDestroyed(viewOf(batch), index * DESTROY_REQUEST_SIZE, ids, sockets.length - 1 - index);
        }
        for (const [index, socket] of sockets.entries()) {
          const request = batch.slice(index * DESTROY_REQUEST_SIZE, (index + 1) * DESTROY_REQUEST_SIZE);
          expectHeader(request, 21, index === sockets.length - 1 ? 4 : 0);
          const body = [
            socket.family === 'ipv4' ? 2 : 10,
            6,
            0,
            0,
            0,
            0,
            0,
            0,
            ...encodeSocket(socket).subarray(4, 52),
          ];
          expect([...request.subarray(16)]).toEqual(body);
        }
      }),
    );
  });
});
