import { describe, expect, it } from 'vitest';
import { timeWait } from '../kit/closings.ts';
import { type ClientOptions, connection, hold, serve, tryConnection } from '../kit/connections.ts';
import { fillUntilRefused, fillWithTimeWait } from '../kit/fill.ts';
import { needsKernel } from '../kit/kernel-version.ts';
import { listenAt, NativeSocket } from '../kit/native-socket.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { ports } from '../kit/scans.ts';
import { AF_INET } from '../kit/socket-address.ts';
import { readSysctl, reservePorts, setPortRange, writeSysctl } from '../kit/sysctl.ts';
import { countedLane, expectFreeIsWhatIsTaken, laneTo } from './agreement.ts';
import { observe } from './observe.ts';

/** What may take ports from a lane, each told apart from what the lane itself uses. */
const HINDRANCES: Record<string, () => void> = {
  'a reserved list': () => reservePorts('40003,40100-40119'),
  'a listener inside the range, at another address': () => listenAt('127.0.0.9', 40_010),
  'ten sockets of another source bound before they connect': () =>
    hold(10, serve('127.0.0.3', 9001), { from: '127.0.0.3', boundBefore: true }),
  'ten sockets of the same source bound before they connect': () =>
    hold(10, serve('127.0.0.1', 9002), { from: '127.0.0.1', boundBefore: true }),
  'ten sockets bound to any address before they connect': () =>
    hold(10, serve('127.0.0.3', 9003), { boundBefore: true }),
  'a socket of another lane bound to its port': () => connection(serve('127.0.0.3', 9004), { port: 40_012 }),
};

describe('a lane filled until the kernel refuses', () => {
  usesPrivateNamespace();

  it.each(Object.keys(HINDRANCES))('has no free slot, beside %s', async (name) => {
    setPortRange(40_000, 40_199);
    HINDRANCES[name]?.();
    const to = serve('127.0.0.1', 9000);
    await expectFreeIsWhatIsTaken(to, laneTo(to, '127.0.0.1'));
  });

  it('has no free slot, beside all of them at once', async () => {
    setPortRange(40_000, 40_199);
    for (const hinder of Object.values(HINDRANCES)) hinder();
    const to = serve('127.0.0.1', 9000);
    await expectFreeIsWhatIsTaken(to, laneTo(to, '127.0.0.1'));
  });

  it('has no free slot, some of its sockets being bound to their ports', async () => {
    setPortRange(40_000, 40_199);
    const to = serve('127.0.0.1', 9000);
    for (const port of [40_010, 40_011, 40_012, 40_199]) connection(to, { port });
    await expectFreeIsWhatIsTaken(to, laneTo(to, '127.0.0.1'));
  });

  it('has no free slot, beside another lane of the same source that is full', async () => {
    setPortRange(40_000, 40_199);
    const [other, to] = [serve('127.0.0.1', 9001), serve('127.0.0.1', 9000)];
    expect(fillUntilRefused(other)).toHaveLength(200);
    expect(await expectFreeIsWhatIsTaken(to, laneTo(to, '127.0.0.1'))).toHaveLength(200);
  });

  it('has no free slot, by IPv4 and IPv4-mapped sockets together', async () => {
    setPortRange(40_000, 40_199);
    const to = serve('127.0.0.1', 9000);
    hold(50, to, { mapped: true });
    hold(50, to);
    expect(await expectFreeIsWhatIsTaken(to, laneTo(to, '127.0.0.1'), { mapped: true })).toHaveLength(100);
    expect(tryConnection(to)).toBe('EADDRNOTAVAIL');
  });

  it.each<[string, ClientOptions]>([
    ['IPv4', {}],
    ['IPv4-mapped', { mapped: true }],
    ['bound late (IP_BIND_ADDRESS_NO_PORT)', { from: '127.0.0.1' }],
  ])('has no free slot, by %s sockets, the first of them in TIME_WAIT', async (_, options) => {
    setPortRange(40_000, 40_199);
    writeSysctl('ipv4.tcp_tw_reuse', 0);
    const to = serve('127.0.0.1', 9000);
    timeWait(60, to, options);
    await expectFreeIsWhatIsTaken(to, laneTo(to, '127.0.0.1'), options);
  });

  it('has no free slot where the range has one port', async () => {
    setPortRange(40_000, 40_000);
    const to = serve('127.0.0.1', 9000);
    expect(await expectFreeIsWhatIsTaken(to, laneTo(to, '127.0.0.1'))).toHaveLength(1);
  });

  it.each([
    [40_001, 40_099],
    [40_000, 40_098],
    [40_000, 40_020],
  ])('has at most one free slot in a range of an odd size, %i to %i: one of its ends', async (low, high) => {
    setPortRange(low, high);
    const size = high - low + 1;
    // connect() looks at an even number of ports: which one it leaves out depends on where its search starts.
    for (const port of [9000, 9001, 9002, 9003, 9004, 9005]) {
      const to = serve('127.0.0.1', port);
      const taken = fillUntilRefused(to).map(({ client }) => client.localPort);
      expect(fillUntilRefused(to)).toHaveLength(0);
      const left = ports(low, high).filter((one) => !taken.includes(one));
      const lane = await countedLane(laneTo(to, '127.0.0.1'));
      expect(lane).toMatchObject({ slots: size, used: taken.length, free: left.length });
      expect([[], [low], [high]]).toContainEqual(left);
    }
  });

  describe('in a range of an odd size', () => {
    // A search in a range of the socket's own looks at each port.
    needsKernel(6, 8);

    it('has no free slot for sockets with IP_LOCAL_PORT_RANGE', async () => {
      const range = { portRange: [40_001, 40_099] } as const;
      setPortRange(...range.portRange);
      for (const port of [9000, 9001, 9002, 9003, 9004, 9005]) {
        const to = serve('127.0.0.1', port);
        const taken = fillUntilRefused(to).length;
        expect(await expectFreeIsWhatIsTaken(to, laneTo(to, '127.0.0.1'), range)).toHaveLength(99 - taken);
      }
    });
  });

  it('has no free slot in the default range, by 28,232 sockets in TIME_WAIT', { timeout: 60_000 }, async () => {
    const [low, high] = readSysctl('ipv4.ip_local_port_range').split(/\s+/).map(Number) as [number, number];
    writeSysctl('ipv4.tcp_tw_reuse', 0);
    const to = serve('127.0.0.1', 9000);
    expect(fillWithTimeWait(to, { portRange: [low, high] })).toBe(28_232);
    expect(tryConnection(to)).toBe('EADDRNOTAVAIL');
    const lane = await countedLane(laneTo(to, '127.0.0.1'));
    expect(lane).toMatchObject({ slots: 28_232, used: 28_232, live: 0, reclaimable: 0, free: 0, utilization: 1 });
    expect(lane).toMatchObject({ pool: 'lane', states: { TIME_WAIT: 28_232 } });
  });

  describe('beside bound and idle sockets', () => {
    needsKernel(6, 8);

    it('has no free slot', async () => {
      setPortRange(40_000, 40_199);
      NativeSocket.open(AF_INET).bind('127.0.0.9', 40_020);
      NativeSocket.open(AF_INET).bind('127.0.0.1', 0);
      const to = serve('127.0.0.1', 9000);
      await expectFreeIsWhatIsTaken(to, laneTo(to, '127.0.0.1'));
      expect((await observe()).ports).toMatchObject({ blocked: 2, usable: 198 });
    });
  });
});
