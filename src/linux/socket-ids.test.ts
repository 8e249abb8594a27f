import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyAddress, anyPort } from '../../test/kit/arbitraries.ts';
import { viewOf } from '../../test/kit/fake-sockets.ts';
import { connection, type DiagSocket, encodeSocket } from '../../test/kit/inet-diag-encoder.ts';
import { ipv4 } from '../tcp/address.ts';
import { TcpState } from '../tcp/state.ts';
import { SocketIds } from './socket-ids.ts';

const anySocket: fc.Arbitrary<DiagSocket> = fc.record({
  state: fc.constant(TcpState.TIME_WAIT),
  local: anyAddress,
  localPort: anyPort,
  remote: anyAddress,
  remotePort: anyPort,
  family: fc.constantFrom('ipv4', 'ipv6'),
  interfaceIndex: fc.nat(),
  cookie: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
});

/** What a row holds: the family, and the name with what stands around it. */
function rowOf(ids: SocketIds, row: number): [family: number, name: number[]] {
  const into = new Uint8Array(4 + 48 + 4).fill(0x5a);
  return [ids.copyTo(row, new DataView(into.buffer), 4), [...into]];
}

function written(socket: DiagSocket): [family: number, name: number[]] {
  const around = Array(4).fill(0x5a);
  return [socket.family === 'ipv6' ? 10 : 2, [...around, ...encodeSocket(socket).subarray(4, 52), ...around]];
}

describe('the names of sockets', () => {
  it('are given back as the kernel wrote them, row by row, however many there are', () => {
    fc.assert(
      fc.property(fc.array(anySocket, { maxLength: 200 }), fc.nat(300), (sockets, expected) => {
        const ids = new SocketIds(expected);
        expect(sockets.map((socket) => ids.append(viewOf(socket)))).toEqual([...sockets.keys()]);
        expect(ids.size).toBe(sockets.length);
        expect(sockets.map((_, row) => rowOf(ids, row))).toEqual(sockets.map(written));
      }),
      { numRuns: 50 },
    );
  });

  it('start anew once they are forgotten', () => {
    const socket = (port: number): DiagSocket => connection([ipv4(1), port], [ipv4(2), 80], { cookie: BigInt(port) });
    const ids = new SocketIds();
    for (let port = 1; port <= 100; port += 1) ids.append(viewOf(socket(port)));
    ids.clear();
    expect(ids.size).toBe(0);
    expect(ids.append(viewOf(socket(40_000)))).toBe(0);
    expect(ids.size).toBe(1);
    expect(rowOf(ids, 0)).toEqual(written(socket(40_000)));
  });
});
