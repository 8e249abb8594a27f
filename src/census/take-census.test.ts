import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { message, type NetlinkRequest } from '../../test/kit/fake-netlink.ts';
import { FakeKernel, type KernelTraits } from '../../test/kit/fake-sockets.ts';
import { type DiagSocket, tcpInfo } from '../../test/kit/inet-diag-encoder.ts';
import { usesPrivateNamespace } from '../../test/kit/private-namespace.ts';
import { idle, lane, listener } from '../../test/kit/scans.ts';
import { reservePorts, setPortRange, writeSysctl } from '../../test/kit/sysctl.ts';
import type { SockDiag } from '../linux/sock-diag.ts';
import { FourtupleError } from '../tcp/error.ts';
import type { NamespaceCensus } from './namespace-census.ts';
import { takeCensus } from './take-census.ts';

const { EINVAL, EPERM } = constants.errno;
/** Documentation addresses (RFC 5737): no socket of this machine has them. */
const [SOURCE, BACKEND] = ['192.0.2.5', '198.51.100.9'];
const SOCKETS: readonly DiagSocket[] = [
  listener('0.0.0.0', 80),
  ...lane(SOURCE, BACKEND, 80, [40_000, 40_002, 40_004], { attributes: [tcpInfo(true)] }),
  ...lane(SOURCE, BACKEND, 80, [40_006, 40_008], { leftMs: 1_000 }),
  idle(SOURCE, 40_050),
];

const take = (sockets: readonly DiagSocket[], traits: KernelTraits = {}): Promise<NamespaceCensus> => {
  const kernel = new FakeKernel(sockets, traits);
  return takeCensus({ openSockDiag: () => kernel.sockDiag() });
};

/** Changes the reply to one kind of request only. */
const distort =
  (
    isWanted: (states: number) => boolean,
    change: (datagram: Uint8Array) => Uint8Array,
  ): NonNullable<KernelTraits['distort']> =>
  (datagrams, { bytes }: NetlinkRequest) => {
    const states = new DataView(bytes.buffer).getUint32(16 + 4 + 48, true);
    return isWanted(states) ? datagrams.map(change) : datagrams;
  };
const asksForListeners = (states: number): boolean => states === 1 << 10;
const asksForBound = (states: number): boolean => (states & (1 << 13)) !== 0;
const asksForConnections = (states: number): boolean => !asksForListeners(states) && !asksForBound(states);
const everything = (): boolean => true;

/** Ways in which a reply can be damaged, of a message of sock_diag. */
const damages: [string, (datagram: Uint8Array) => Uint8Array][] = [
  ['is cut', (datagram) => datagram.subarray(0, datagram.length - 1)],
  ['is empty', () => new Uint8Array(0)],
  ['says that it is longer', (datagram) => withByte(datagram, 0, 0xff)],
  ['says that it is shorter', (datagram) => withByte(datagram, 0, 8)],
  ['has another type', (datagram) => withByte(datagram, 4, 77)],
  ['is of another family', (datagram) => withByte(datagram, 16, 99)],
  ['is in no state', (datagram) => withByte(datagram, 17, 0)],
];

function withByte(datagram: Uint8Array, at: number, to: number): Uint8Array {
  const changed = datagram.slice();
  changed[at] = to;
  return changed;
}

describe('a census', () => {
  usesPrivateNamespace();

  it('has the lanes that sock_diag lists, with the settings of the namespace', async () => {
    setPortRange(40_000, 40_099);
    reservePorts('40010-40019');
    const { census, source, notes, settings, counts } = await take(SOCKETS);
    expect({ source, notes, counts }).toMatchObject({
      source: 'sock_diag',
      notes: [],
      counts: { inUse: 0, timeWait: 0 },
    });
    expect(settings.portRange).toEqual({ low: 40_000, high: 40_099 });
    expect(census.usable).toBe(100 - 10 - 1);
    expect(census.lanes()).toMatchObject([
      { source: SOURCE, destination: BACKEND, port: 80, slots: 89, used: 5, live: 3, reclaimable: 0, free: 84 },
    ]);
  });

  it('asks live connections for timestamps only where they decide: with tcp_tw_reuse for every host', async () => {
    setPortRange(40_000, 40_099);
    for (const [reuse, reclaimable, queries] of [
      [0, 0, 0],
      [2, 0, 0],
      [1, 2, 1],
    ] as const) {
      writeSysctl('ipv4.tcp_tw_reuse', reuse);
      const kernel = new FakeKernel(SOCKETS);
      const { census } = await takeCensus({ openSockDiag: () => kernel.sockDiag() });
      expect(census.lanes()).toMatchObject([{ reclaimable }]);
      expect(kernel.requests.filter(({ flags }) => (flags & 0x300) === 0)).toHaveLength(queries);
    }
  });

  it.each(damages)(
    'makes up no number from a reply that %s: it reads /proc/net/tcp, and says why',
    async (_, damage) => {
      setPortRange(40_000, 40_099);
      for (const isDamaged of [everything, asksForListeners, asksForConnections]) {
        const { census, source, notes } = await take(SOCKETS, { distort: distort(isDamaged, damage) });
        expect(source).toBe('/proc/net/tcp');
        expect(census.lanes()).toEqual([]);
        expect(census.usable).toBe(100);
        expect(notes).toEqual([
          expect.stringMatching(/^sock_diag cannot be used \(.+\): \/proc\/net\/tcp is read instead/),
        ]);
      }
    },
  );

  it.each(damages)('without bound sockets says so, where only their listing %s', async (_, damage) => {
    setPortRange(40_000, 40_099);
    const { census, source, notes } = await take(SOCKETS, { distort: distort(asksForBound, damage) });
    expect({ source, used: census.used(0), blocked: census.blocked.ports.size }).toEqual({
      ...{ source: 'sock_diag', used: 5, blocked: 0 },
    });
    expect(notes).toEqual([expect.stringContaining('are not counted as blocked')]);
  });

  it('of a kernel that knows no request for all families is the same, but for bound sockets', async () => {
    setPortRange(40_000, 40_099);
    const { census, source, notes } = await take(SOCKETS, { refusesAllFamilies: EINVAL });
    expect(source).toBe('sock_diag');
    expect(census.lanes()).toMatchObject([{ used: 5, slots: 100 }]);
    expect(notes).toEqual([expect.stringContaining('EINVAL')]);
  });

  it('reads /proc/net/tcp where sock_diag is refused altogether', async () => {
    const refused = await take(SOCKETS, { refusesAllFamilies: EPERM });
    expect(refused).toMatchObject({ source: '/proc/net/tcp', notes: [expect.stringContaining('EPERM')] });
    const absent = await takeCensus({
      openSockDiag: () => {
        throw new FourtupleError('FT_UNSUPPORTED', 'no such protocol');
      },
    });
    expect(absent).toMatchObject({ source: '/proc/net/tcp', notes: [expect.stringContaining('no such protocol')] });
    expect(absent.census.laneCount).toBe(0);
  });

  it('does not hide a defect of the program', async () => {
    const openSockDiag = (): SockDiag => {
      throw new TypeError('a defect');
    };
    await expect(takeCensus({ openSockDiag })).rejects.toThrow(TypeError);
  });

  it('leaves no netlink socket open, whatever happens', async () => {
    const stray = (_: unknown, { sequence }: NetlinkRequest) => [message({ type: 99, sequence })];
    for (const traits of [{}, { distort: stray }, { refusesAllFamilies: EPERM }, { refusesAllFamilies: EINVAL }]) {
      const kernel = new FakeKernel(SOCKETS, traits);
      await takeCensus({ openSockDiag: () => kernel.sockDiag() });
      expect(kernel.transports).toHaveLength(2);
      expect(kernel.transports.map(({ closed }) => closed)).toEqual([true, true]);
    }
  });
});
