import { constants } from 'node:os';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOf, socketSourceContract } from '../../test/contract/socket-source.ts';
import {
  dumpMessages,
  errorMessage,
  FakeNetlink,
  isDump,
  join,
  message,
  type NetlinkRequest,
} from '../../test/kit/fake-netlink.ts';
import { FakeKernel } from '../../test/kit/fake-sockets.ts';
import { cgroupId, connection, type DiagSocket, encodeSocket, tcpInfo } from '../../test/kit/inet-diag-encoder.ts';
import { type Address, parseAddress } from '../tcp/address.ts';
import { FourtupleError } from '../tcp/error.ts';
import { CONNECTED_STATES, stateMask, TcpState } from '../tcp/state.ts';
import { SockDiag } from './sock-diag.ts';

const { EINVAL, ENOENT, EOPNOTSUPP, EPERM } = constants.errno;
const EVERYTHING = { states: CONNECTED_STATES | stateMask(TcpState.LISTEN) };
const PROXY = parseAddress('10.0.0.5');
const BACKEND = parseAddress('10.0.1.9');
const UNSPECIFIED: Address = [0, 0, 0, 0];

const listener = (local: Address, localPort: number): DiagSocket => ({
  state: TcpState.LISTEN,
  local,
  localPort,
  remote: UNSPECIFIED,
  remotePort: 0,
  family: 'ipv6',
});
const SOCKETS: readonly DiagSocket[] = [
  listener(parseAddress('::1'), 8080),
  listener(parseAddress('::1'), 41_000),
  connection([PROXY, 40_000], [BACKEND, 8080], { inode: 11, attributes: [tcpInfo(true), cgroupId(77n)] }),
  connection([PROXY, 40_001], [BACKEND, 8080], { inode: 12, family: 'ipv6', interfaceIndex: 3 }),
  connection([PROXY, 40_002], [BACKEND, 8080], { leftMs: 59_000 }),
  connection([PROXY, 40_003], [BACKEND, 8080], { leftMs: 0 }),
  connection([PROXY, 40_004], [BACKEND, 8080], { state: TcpState.FIN_WAIT2, timer: 3, expiresMs: 5_000 }),
  connection([PROXY, 40_005], [BACKEND, 8080], { state: TcpState.SYN_SENT, inode: 13 }),
  connection([PROXY, 50_000], [BACKEND, 8081], { state: TcpState.CLOSE_WAIT, inode: 14 }),
  connection([parseAddress('2001:db8::5'), 50_001], [parseAddress('2001:db8::9'), 443], { inode: 15 }),
  connection([parseAddress('fe80::5'), 50_002], [parseAddress('fe80::9'), 443], { inode: 16, interfaceIndex: 2 }),
];

socketSourceContract('sock_diag', () => {
  const source = new FakeKernel(SOCKETS).sockDiag();
  return { source, close: () => source.close() };
});

function keysOf(diag: SockDiag): string[] {
  const found: string[] = [];
  diag.forEachSocket(EVERYTHING, (socket) => found.push(keyOf(socket)));
  return found.sort();
}

describe('listing sockets', () => {
  it('asks once for all families where the kernel knows that request', () => {
    const kernel = new FakeKernel(SOCKETS);
    expect(keysOf(kernel.sockDiag())).toHaveLength(SOCKETS.length);
    expect(kernel.requests.map(({ type }) => type)).toEqual([18]);
  });

  it.each([EINVAL, ENOENT, EOPNOTSUPP])('asks for each family where the kernel answers errno %i', (errno) => {
    const kernel = new FakeKernel(SOCKETS, { refusesAllFamilies: errno });
    expect(keysOf(kernel.sockDiag())).toEqual(keysOf(new FakeKernel(SOCKETS).sockDiag()));
    expect(kernel.requests.map(({ type, bytes }) => [type, bytes[16]])).toEqual([
      [18, expect.anything()],
      [20, 2],
      [20, 10],
    ]);
  });

  it('asks for tcp_info with the same states and ports, of all families at once or of each', () => {
    const wanted = { states: CONNECTED_STATES, localPorts: { low: 40_000, high: 49_999 } };
    for (const traits of [{}, { refusesAllFamilies: EINVAL }]) {
      const kernel = new FakeKernel(SOCKETS, traits);
      const found: unknown[] = [];
      const diag = kernel.sockDiag();
      diag.forEachWithInfo(wanted, (socket) => found.push([socket.localPort, socket.timestamps]));
      const plain: unknown[] = [];
      diag.forEachSocket(wanted, ({ localPort }) => plain.push(localPort));
      expect(found).toEqual(plain.map((port) => [port, port === 40_000 ? true : undefined]));
      const [extensions] = kernel.requests.slice(-1).map(({ type, bytes }) => bytes[type === 18 ? 19 : 18]);
      expect(extensions).toBe(0);
      const asked = kernel.requests.slice(0, kernel.requests.length / 2);
      expect(asked.map(({ type, bytes }) => bytes[type === 18 ? 19 : 18])).toEqual(asked.map(() => 2));
    }
  });

  it('is refused where the kernel refuses for another reason', () => {
    const kernel = new FakeKernel(SOCKETS, { refusesAllFamilies: EPERM });
    expect(() => keysOf(kernel.sockDiag())).toThrow(
      expect.objectContaining({ errno: EPERM, message: expect.stringContaining('could not list TCP sockets: EPERM') }),
    );
    expect(kernel.requests).toHaveLength(1);
  });

  it('is refused where a message is no socket', () => {
    const respond = (request: NetlinkRequest) => dumpMessages(request, [new Uint8Array(71)]);
    expect(() => keysOf(new SockDiag(() => new FakeNetlink(respond)))).toThrow(FourtupleError);
  });
});

describe('listing bound sockets', () => {
  const bound: readonly DiagSocket[] = [
    { state: TcpState.BOUND_INACTIVE, local: PROXY, localPort: 40_010, remote: UNSPECIFIED, remotePort: 0, inode: 21 },
    { state: TcpState.BOUND_INACTIVE, local: PROXY, localPort: 1_000, remote: UNSPECIFIED, remotePort: 0, inode: 22 },
    connection([PROXY, 40_011], [BACKEND, 8080], { inode: 23 }),
  ];

  it('gives those that are bound and inactive, or bound to a port of their own choice, by a conversation of its own', async () => {
    const kernel = new FakeKernel([...SOCKETS, ...bound], { bound: new Set([40_011]) });
    const diag = kernel.sockDiag();
    const finish = diag.startBound({ low: 40_000, high: 41_000 });
    const found: unknown[] = [];
    expect(keysOf(diag)).toHaveLength(SOCKETS.length + 1);
    await finish(({ state, localPort }) => found.push([state, localPort]));
    expect(found).toEqual([
      [TcpState.BOUND_INACTIVE, 40_010],
      [TcpState.ESTABLISHED, 40_011],
    ]);
    expect(kernel.transports.map(({ closed }) => closed)).toEqual([false, true]);
    diag.close();
    expect(kernel.transports.map(({ closed }) => closed)).toEqual([true, true]);
  });

  it('closes its conversation also where it is refused', async () => {
    const kernel = new FakeKernel([], { refusesAllFamilies: EINVAL });
    const finish = kernel.sockDiag().startBound({ low: 1, high: 2 });
    await expect(finish(() => {})).rejects.toMatchObject({ errno: EINVAL });
    expect(kernel.transports[1]?.closed).toBe(true);
  });
});

describe('looking up a connection', () => {
  const tuple = { source: PROXY, sourcePort: 40_000, destination: BACKEND, destinationPort: 8080, interfaceIndex: 0 };
  const lookUp = (kernel: FakeKernel, wanted = tuple): boolean | undefined | null => {
    let timestamps: boolean | undefined;
    const found = kernel.sockDiag().query(wanted, (socket) => {
      timestamps = socket.timestamps;
    });
    return found ? timestamps : null;
  };

  it('finds it, with its tcp_info', () => expect(lookUp(new FakeKernel(SOCKETS))).toBe(true));

  it('finds nothing where there is none', () => {
    expect(lookUp(new FakeKernel(SOCKETS), { ...tuple, sourcePort: 40_999 })).toBeNull();
  });

  it('does not take a listener on the same port for it: that is what the kernel answers then', () => {
    const kernel = new FakeKernel([listener(PROXY, 40_999), ...SOCKETS]);
    expect(lookUp(kernel, { ...tuple, sourcePort: 40_999 })).toBeNull();
    expect(kernel.requests.at(-1)?.type).toBe(20);
  });
});

describe('a reply that is damaged', () => {
  const tuple = { source: PROXY, sourcePort: 1, destination: BACKEND, destinationPort: 2, interfaceIndex: 0 };

  /** Reads all that a source can be asked for; only a FourtupleError may come out. */
  function readAll(respond: (request: NetlinkRequest) => readonly Uint8Array[]): void {
    const diag = new SockDiag(() => new FakeNetlink(respond));
    const words = new Uint32Array(8);
    const reads = [
      () =>
        diag.forEachSocket(EVERYTHING, (socket) => {
          socket.copyAddresses(words);
          for (const name of ['state', 'localPort', 'timeWaitLeftMs', 'inode', 'cgroupId', 'ipv6Only'] as const) {
            expect(socket[name]).not.toBeNaN();
          }
        }),
      () => diag.query(tuple, (socket) => expect([true, false, undefined]).toContain(socket.timestamps)),
    ];
    for (const read of reads) {
      try {
        read();
      } catch (error) {
        if (!(error instanceof FourtupleError)) throw error;
      }
    }
  }

  it('is read to its end or refused, whatever its bytes are', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }), (datagrams) =>
        readAll(() => datagrams),
      ),
      { numRuns: 300 },
    );
  });

  it('is read to its end or refused, whatever bytes of it are changed, cut or repeated', () => {
    const edit = fc.record({
      at: fc.nat(),
      to: fc.oneof(fc.constantFrom(0, 1, 2, 3, 4, 15, 16, 0x7f, 0x80, 0xff), fc.nat(255)),
    });
    const bodies = SOCKETS.slice(0, 5).map(encodeSocket);
    fc.assert(
      fc.property(
        fc.array(edit, { minLength: 1, maxLength: 8 }),
        fc.option(fc.nat()),
        fc.boolean(),
        (edits, cut, fails) => {
          readAll((request) => {
            const parts = isDump(request)
              ? dumpMessages(request, bodies, fails ? { done: { errno: EINVAL, text: 'no', offset: 1 } } : {})
              : fails
                ? [errorMessage(request, { errno: EINVAL, text: 'no', offset: 1 })]
                : [message({ type: request.type, sequence: request.sequence }, bodies[2])];
            const datagram = join(parts);
            for (const { at, to } of edits) datagram[at % datagram.length] = to;
            return [cut === null ? datagram : datagram.subarray(0, cut % datagram.length), datagram];
          });
        },
      ),
      { numRuns: 500 },
    );
  });
});
