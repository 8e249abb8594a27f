import { describe, expect, it } from 'vitest';
import { at, censusOf, censusOfScan, lane, listener, ports, scanOf } from '../../test/kit/scans.ts';
import type { SocketView } from '../linux/socket-source.ts';
import { parseLanePattern } from '../tcp/lane-pattern.ts';
import { TcpState } from '../tcp/state.ts';
import type { CensusContext } from './census.ts';

const [SOURCE, BACKEND] = ['10.0.0.5', '10.0.1.9'];
const settings = (tcpTwReuse: number | null, delay: number | null = 1, tcpTimestamps: number | null = 1) => ({
  tcpTwReuse,
  tcpTwReuseDelaySeconds: delay,
  tcpTimestamps,
});
/** TIME_WAIT sockets of these ages, in milliseconds. */
const aged = (source: string, destination: string, ages: readonly number[], more: object = {}) =>
  ages.flatMap((age, index) => lane(source, destination, 80, [40_000 + 2 * index], { leftMs: 60_000 - age, ...more }));

describe('the TIME_WAIT slots that connect() may take over', () => {
  const ages = [0, 500, 999, 1_000, 1_500, 30_000, 60_000];

  it.each<[string, string, Partial<CensusContext>, number | null]>([
    [SOURCE, BACKEND, { settings: settings(0) }, 0],
    [SOURCE, BACKEND, { settings: settings(2) }, 0],
    [SOURCE, BACKEND, { settings: settings(1), peerTimestamps: () => true }, 4],
    [SOURCE, BACKEND, { settings: settings(1), peerTimestamps: () => false }, 0],
    [SOURCE, BACKEND, { settings: settings(1) }, null],
    [SOURCE, BACKEND, { settings: settings(1, 30), peerTimestamps: () => true }, 2],
    [SOURCE, BACKEND, { settings: settings(1, 0.001), peerTimestamps: () => true }, 6],
    [SOURCE, BACKEND, { settings: settings(1, null), peerTimestamps: () => true }, 4],
    [SOURCE, BACKEND, { settings: settings(null), peerTimestamps: () => true }, null],
    [SOURCE, BACKEND, { settings: settings(null), peerTimestamps: () => false }, 0],
    // Over loopback both ends are this machine: its own setting says whether there are timestamps.
    ['127.0.0.1', '127.0.0.1', { settings: settings(2), peerTimestamps: () => null }, 4],
    ['127.0.0.1', '10.0.0.5', { settings: settings(2) }, 4],
    ['::1', '::1', { settings: settings(2) }, 4],
    ['127.0.0.1', '127.0.0.1', { settings: settings(2, 1, 0) }, 0],
    ['127.0.0.1', '127.0.0.1', { settings: settings(2, 1, null) }, null],
    ['127.0.0.1', '127.0.0.1', { settings: settings(0) }, 0],
    // An address of its own that is not loopback: the kernel does not count it as such.
    [SOURCE, SOURCE, { settings: settings(2) }, 0],
    [SOURCE, SOURCE, { settings: settings(1), peerTimestamps: () => null }, 4],
  ])('from %s to %s with %j: %s', (source, destination, context, reclaimable) => {
    const census = censusOf({ sockets: aged(source, destination, ages) }, context);
    const free = reclaimable === null ? null : 100 - ages.length + reclaimable;
    expect(census.lane(0)).toMatchObject({ used: ages.length, reclaimable, free });
    expect(census.fullness(0)).toBeCloseTo((ages.length - (reclaimable ?? 0)) / 100, 12);
  });

  it('are those of a lane bound to the interface lo, whatever its addresses', () => {
    const sockets = aged(SOURCE, BACKEND, ages, { interfaceIndex: 1 });
    expect(censusOf({ sockets }, { settings: settings(2) }).lane(0).reclaimable).toBe(4);
    const others = aged(SOURCE, BACKEND, ages, { interfaceIndex: 2 });
    expect(censusOf({ sockets: others }, { settings: settings(2) }).lane(0).reclaimable).toBe(0);
  });

  it('are none where there is no TIME_WAIT, even if nothing is known of the far end', () => {
    const sockets = [
      ...lane(SOURCE, BACKEND, 80, [40_000]),
      // An orphan FIN_WAIT2 is never taken over.
      ...lane(SOURCE, BACKEND, 80, [40_002], { state: TcpState.FIN_WAIT2, timer: 3 }),
    ];
    expect(censusOf({ sockets }, { settings: settings(1) }).lane(0)).toMatchObject({
      reclaimable: 0,
      used: 2,
      live: 1,
    });
  });

  it('are not known where the source does not tell all ages', () => {
    const scan = scanOf({ sockets: aged('127.0.0.1', '127.0.0.1', ages) });
    const context = { settings: settings(2) };
    expect(censusOfScan(scan, context).lane(0)).toMatchObject({ reclaimable: 4, opensPerSecond: 3 });
    // As `ss -tan` shows it.
    const ageless: SocketView = {
      ...{ state: TcpState.TIME_WAIT, isTimeWait: true, timeWaitLeftMs: -1, localPort: 40_050, remotePort: 80 },
      ...{ interfaceIndex: 0, inode: 0, cgroupId: 0, bindAddressNoPort: undefined, ipv6Only: undefined },
      copyAddresses: (into) => into.set([...at('127.0.0.1'), ...at('127.0.0.1')]),
    };
    scan.addConnections({ name: 'ageless', forEachSocket: (_, visit) => visit(ageless) });
    expect(censusOfScan(scan, context).lane(0)).toMatchObject({ used: 8, reclaimable: null, opensPerSecond: null });
  });

  it('are none of a source that binds before it connects', () => {
    const sockets = lane('127.0.0.1', '127.0.0.1', 80, ports(40_001, 40_031, 2), { leftMs: 1_000 });
    expect(censusOf({ sockets }, { settings: settings(2) }).lane(0)).toMatchObject({ pool: 'source', reclaimable: 0 });
  });
});

describe('what is told of a lane', () => {
  it('is counted by state, TIME_WAIT apart from what lives', () => {
    const states = [TcpState.ESTABLISHED, TcpState.ESTABLISHED, TcpState.SYN_SENT, TcpState.CLOSE_WAIT];
    const sockets = [
      ...states.flatMap((state, index) => lane(SOURCE, BACKEND, 80, [40_000 + 2 * index], { state })),
      ...lane(SOURCE, BACKEND, 80, [40_020, 40_022, 40_024], { leftMs: 59_500 }),
      ...lane(SOURCE, BACKEND, 80, [40_030], { state: TcpState.FIN_WAIT2, timer: 3, expiresMs: 1_000 }),
    ];
    expect(censusOf({ sockets }).lane(0)).toMatchObject({
      source: SOURCE,
      destination: BACKEND,
      port: 80,
      device: null,
      slots: 100,
      used: 8,
      live: 4,
      free: 92,
      utilization: 0.08,
      pool: 'lane',
      opensPerSecond: 3,
      states: { ESTABLISHED: 2, SYN_SENT: 1, CLOSE_WAIT: 1, TIME_WAIT: 3, FIN_WAIT2: 1 },
    });
  });

  it('has the name of its device, its index where it has none, and a zone for link-local addresses only', () => {
    const sockets = [
      ...lane('fe80::5', 'fe80::9', 80, [40_000], { interfaceIndex: 2 }),
      ...lane(SOURCE, BACKEND, 80, [40_000], { interfaceIndex: 3 }),
    ];
    const named = censusOf({ sockets }, { interfaceName: (index) => (index === 2 ? 'eth0' : null) }).lanes();
    expect(named.map(({ source, destination, device }) => [source, destination, device])).toEqual(
      expect.arrayContaining([
        ['fe80::5%eth0', 'fe80::9%eth0', 'eth0'],
        [SOURCE, BACKEND, '3'],
      ]),
    );
  });
});

describe('the lanes of a census', () => {
  const sockets = [
    ...lane(SOURCE, BACKEND, 80, ports(40_000, 40_010, 2)),
    ...lane(SOURCE, '10.0.1.8', 80, ports(40_000, 40_020, 2)),
    ...lane('10.0.0.6', BACKEND, 81, ports(40_000, 40_010, 2)),
    listener('0.0.0.0', 40_099),
  ];

  it('come fullest first, equally full ones by their addresses', () => {
    const order = censusOf({ sockets })
      .lanes()
      .map(({ source, destination, port }) => `${source}>${destination}:${port}`);
    expect(order).toEqual(['10.0.0.5>10.0.1.8:80', '10.0.0.5>10.0.1.9:80', '10.0.0.6>10.0.1.9:81']);
  });

  it('are chosen and counted by a pattern', () => {
    const census = censusOf({ sockets });
    const pattern = parseLanePattern('*>10.0.1.9:*');
    expect(census.fullest(1, pattern).map(({ source }) => source)).toEqual([SOURCE]);
    expect(census.countMatching(pattern)).toBe(2);
    expect(census.countMatching(undefined)).toBe(3);
    expect(census.countMatching(parseLanePattern('10.9.9.9'))).toBe(0);
  });

  it('are none where no connection holds a port of the range', () => {
    const census = censusOf({ sockets: [listener('0.0.0.0', 80)] });
    expect(census.laneCount).toBe(0);
    expect(census.lanes()).toEqual([]);
    expect(census.usable).toBe(100);
  });

  it('have the addresses that their sockets have', () => {
    const census = censusOf({ sockets });
    expect(census.scan.lanes.source(0)).toEqual(at(SOURCE));
  });
});
