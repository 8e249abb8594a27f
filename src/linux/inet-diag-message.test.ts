import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyAddress } from '../../test/kit/arbitraries.ts';
import { message } from '../../test/kit/fake-netlink.ts';
import * as encode from '../../test/kit/inet-diag-encoder.ts';
import { isIPv4 } from '../tcp/address.ts';
import { FourtupleError } from '../tcp/error.ts';
import { TcpState } from '../tcp/state.ts';
import { InetDiagView } from './inet-diag-message.ts';

const HEADER = 16;
const MESSAGE = 72;

/** Reads what was encoded, with other bytes before and behind it. */
function read(body: Uint8Array, before = 0, length = HEADER + body.length): InetDiagView {
  const bytes = new Uint8Array(before + HEADER + body.length + 8).fill(0xa5);
  bytes.set(message({ type: 20, sequence: 1 }, body).subarray(0, HEADER + body.length), before);
  const view = new InetDiagView();
  view.moveTo(new DataView(bytes.buffer), before, length);
  return view;
}

function addressesOf(view: InetDiagView): number[] {
  const words = new Uint32Array(8);
  view.copyAddresses(words);
  return [...words];
}

const port = fc.nat(65_535);
const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const anyState = fc.constantFrom(...Object.values(TcpState)).filter((state) => state !== TcpState.CLOSE);
const anySocket = fc.record({
  state: anyState,
  local: anyAddress,
  localPort: port,
  remote: anyAddress,
  remotePort: port,
  timer: fc.nat(4),
  expiresMs: uint32,
  interfaceIndex: uint32,
  cookie: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  uid: uint32,
  inode: uint32,
});
/** Attributes that the view does not know, also with the flags that the kernel may set on a type. */
const unknown = fc
  .tuple(
    fc.constantFrom(1, 7, 8, 10, 15, 23, 100),
    fc.constantFrom(0, 0x8000, 0x4000),
    fc.uint8Array({ maxLength: 24 }),
  )
  .map(([type, flags, value]): encode.DiagAttribute => ({ type: type | flags, value }));
const known = fc
  .record(
    {
      options: fc.tuple(fc.boolean(), fc.nat(255)),
      ipv6Only: fc.boolean(),
      cgroup: fc.bigInt({ min: 1n, max: 2n ** 53n }),
      info: fc.tuple(fc.boolean(), fc.constantFrom(6, 232, 280)),
    },
    { requiredKeys: [] },
  )
  .map((values) => ({
    values,
    attributes: [
      ...(values.options === undefined ? [] : [encode.socketOptions(...values.options)]),
      ...(values.ipv6Only === undefined ? [] : [encode.ipv6Only(values.ipv6Only)]),
      ...(values.cgroup === undefined ? [] : [encode.cgroupId(values.cgroup)]),
      ...(values.info === undefined ? [] : [encode.tcpInfo(...values.info)]),
    ],
  }));

describe('a message of sock_diag', () => {
  it('is read as it was encoded, wherever it stands in the buffer', () => {
    fc.assert(
      fc.property(anySocket, fc.nat(5), (socket, words) => {
        const family = isIPv4(socket.local) && isIPv4(socket.remote) ? 'ipv4' : 'ipv6';
        const view = read(encode.encodeSocket({ ...socket, family }), 4 * words);
        expect(view).toMatchObject({
          state: socket.state,
          isTimeWait: socket.timer === 3,
          localPort: socket.localPort,
          remotePort: socket.remotePort,
          interfaceIndex: socket.interfaceIndex,
          timeWaitLeftMs: socket.timer === 3 ? socket.expiresMs : -1,
          inode: socket.inode,
          cookie: socket.cookie,
        });
        expect(addressesOf(view)).toEqual([...socket.local, ...socket.remote]);
      }),
      { numRuns: 300 },
    );
  });

  it('has the same addresses for a socket of IPv4 and one of IPv6 with mapped addresses', () => {
    const words = fc.tuple(uint32, uint32);
    fc.assert(
      fc.property(words, ([a, b]) => {
        const socket = encode.connection([[0, 0, 0xffff, a], 1], [[0, 0, 0xffff, b], 2]);
        const [v4, v6] = [
          encode.encodeSocket({ ...socket, family: 'ipv4' }),
          encode.encodeSocket({ ...socket, family: 'ipv6' }),
        ];
        expect(v4).not.toEqual(v6);
        expect(addressesOf(read(v4))).toEqual(addressesOf(read(v6)));
      }),
    );
  });

  it('has the kernel’s own name of it, and the family that this name is of', () => {
    fc.assert(
      fc.property(anySocket, fc.constantFrom('ipv4', 'ipv6'), fc.nat(8), (socket, family, at) => {
        const body = encode.encodeSocket({ ...socket, family });
        const into = new Uint8Array(at + 48 + 8).fill(0x5a);
        const view = read(body, 3);
        view.copyId(new DataView(into.buffer), at);
        expect(into.subarray(at, at + 48)).toEqual(body.subarray(4, 52));
        expect([...into.subarray(0, at), ...into.subarray(at + 48)]).toEqual(Array(at + 8).fill(0x5a));
        expect(view.family).toBe(family === 'ipv4' ? 2 : 10);
      }),
    );
  });

  it('has its attributes in any order and among unknown ones', () => {
    const shuffled = fc
      .tuple(known, fc.array(unknown, { maxLength: 4 }))
      .chain(([{ values, attributes }, others]) =>
        fc.tuple(
          fc.constant(values),
          fc.shuffledSubarray([...attributes, ...others], { minLength: attributes.length + others.length }),
        ),
      );
    fc.assert(
      fc.property(anySocket, shuffled, (socket, [values, attributes]) => {
        const view = read(encode.encodeSocket({ ...socket, family: 'ipv6', attributes }));
        expect(view.bindAddressNoPort).toBe(values.options?.[0]);
        expect(view.ipv6Only).toBe(values.ipv6Only);
        expect(view.cgroupId).toBe(Number(values.cgroup ?? 0n));
        expect(view.timestamps).toBe(values.info?.[0]);
        expect(view.localPort).toBe(socket.localPort);
      }),
      { numRuns: 300 },
    );
  });

  it('has the fields of tcp_info as they were encoded, as far as it reaches', () => {
    const fields = fc.record({
      timestamps: fc.boolean(),
      ...{ lastDataReceivedMs: uint32, roundTripMicroseconds: uint32, roundTripVarianceMicroseconds: uint32 },
      ...{ retransmitTimeoutMicroseconds: uint32, totalRetransmits: uint32, segmentsOut: uint32, reorderSeen: uint32 },
      bytesAcked: fc.maxSafeNat(),
      bytesReceived: fc.maxSafeNat(),
    });
    fc.assert(
      fc.property(anySocket, fields, fc.nat(280), (socket, info, size) => {
        const attributes = [encode.socketOptions(true), encode.tcpInfo(info, size), encode.cgroupId(1n)];
        const view = read(encode.encodeSocket({ ...socket, family: 'ipv6', attributes }));
        expect(view.timestamps).toBe(size > 5 ? info.timestamps : undefined);
        for (const [name, [at, bytes]] of Object.entries(encode.TCP_INFO_LAYOUT)) {
          const field = name as keyof typeof encode.TCP_INFO_LAYOUT;
          expect([field, view[field]]).toEqual([field, size >= at + bytes ? info[field] : undefined]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('knows nothing of tcp_info where there is none', () => {
    const view = read(encode.encodeSocket(SOCKET));
    for (const field of Object.keys(encode.TCP_INFO_LAYOUT)) {
      expect(view[field as keyof typeof encode.TCP_INFO_LAYOUT]).toBeUndefined();
    }
  });

  it('does not know what an attribute that is too short would say', () => {
    const attributes = [
      { type: 2, value: new Uint8Array(5) },
      { type: 11, value: new Uint8Array(0) },
      { type: 21, value: new Uint8Array(7) },
      { type: 22, value: new Uint8Array(1) },
    ];
    const view = read(encode.encodeSocket({ ...SOCKET, attributes }));
    expect([view.timestamps, view.ipv6Only, view.bindAddressNoPort, view.cgroupId]).toEqual([
      undefined,
      undefined,
      undefined,
      0,
    ]);
  });

  it('is refused where it is shorter than a socket', () => {
    const body = encode.encodeSocket(SOCKET);
    for (let length = 0; length < HEADER + MESSAGE; length += 1)
      expect(() => read(body, 0, length)).toThrow(FourtupleError);
    expect(read(body, 0, HEADER + MESSAGE).localPort).toBe(SOCKET.localPort);
  });

  it.each([0, 1, 3, 9, 11, 255])('is refused where it is of address family %i', (family) => {
    const body = encode.encodeSocket(SOCKET);
    body[0] = family;
    expect(() => read(body)).toThrow(expect.objectContaining({ message: expect.stringContaining(`family ${family}`) }));
  });

  it.each([0, 14, 255])('is refused where it is in state %i', (state) => {
    const body = encode.encodeSocket(SOCKET);
    body[1] = state;
    expect(() => read(body)).toThrow(expect.objectContaining({ message: expect.stringContaining(`state ${state}`) }));
  });

  it.each([0, 3, 13, 0xffff])(
    'is refused by an attribute that says it has %i bytes, when it is asked for',
    (length) => {
      const body = encode.encodeSocket({ ...SOCKET, attributes: [encode.cgroupId(1n)] });
      new DataView(body.buffer).setUint16(MESSAGE, length, true);
      const view = read(body);
      expect(view.localPort).toBe(SOCKET.localPort);
      expect(() => view.cgroupId).toThrow(expect.objectContaining({ code: 'FT_KERNEL' }));
    },
  );

  it('gives only fields in range or a refusal, whatever the bytes are', () => {
    const bytes = fc.uint8Array({ minLength: MESSAGE, maxLength: MESSAGE + 40 });
    fc.assert(
      fc.property(bytes, fc.constantFrom(2, 10), fc.integer({ min: 1, max: 13 }), (body, family, state) => {
        body.set([family, state]);
        const view = read(body);
        expect(view.cookie).toBeLessThan(2n ** 64n);
        expect(view.timeWaitLeftMs).toBeGreaterThanOrEqual(-1);
        const attributes = [
          'bindAddressNoPort',
          'ipv6Only',
          'cgroupId',
          'timestamps',
          'roundTripMicroseconds',
        ] as const;
        for (const field of [...attributes, 'bytesAcked'] as const) {
          try {
            expect(['boolean', 'number', 'undefined']).toContain(typeof view[field]);
          } catch (error) {
            expect(error).toBeInstanceOf(FourtupleError);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

const SOCKET: encode.DiagSocket = encode.connection(
  [[0, 0, 0xffff, 0x0a000005], 40_000],
  [[0, 0, 0xffff, 0x0a000109], 8080],
);
