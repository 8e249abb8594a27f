import { describe, expect, it } from 'vitest';
import { connection, hold, serve } from '../kit/connections.ts';
import { needsKernel } from '../kit/kernel-version.ts';
import { listenAt, NativeSocket } from '../kit/native-socket.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { AF_INET, AF_INET6 } from '../kit/socket-address.ts';
import { reservePorts, setPortRange } from '../kit/sysctl.ts';
import { expectFreeIsWhatIsTaken, findLane, laneOf, laneTo } from './agreement.ts';
import { observe } from './observe.ts';

describe('ports', () => {
  usesPrivateNamespace();

  it('that are reserved are not usable; those outside the range do not count', async () => {
    setPortRange(40_000, 40_099);
    reservePorts('39990-40009,40050,40098-40100,50000');
    const { ports } = await observe();
    expect(ports).toMatchObject({ low: 40_000, high: 40_099, size: 100, reserved: 13, blocked: 0, usable: 87 });
    const to = serve('127.0.0.1', 9000);
    expect(await expectFreeIsWhatIsTaken(to, laneTo(to, '127.0.0.1'))).toHaveLength(87);
  });

  it('that a listener has are blocked for every lane, whatever address it listens at', async () => {
    setPortRange(40_000, 40_099);
    listenAt('127.0.0.9', 40_010);
    listenAt('0.0.0.0', 40_011);
    listenAt('::', 40_012);
    listenAt('::1', 40_013);
    listenAt('127.0.0.1', 39_999);
    const { ports } = await observe();
    expect(ports).toMatchObject({ size: 100, reserved: 0, blocked: 4, usable: 96 });
    expect(ports.blockers.every(({ kind }) => kind === 'listener')).toBe(true);
    expect(ports.blockers).toContainEqual(
      expect.objectContaining({ address: '127.0.0.9', ports: '40010', count: 1, kind: 'listener' }),
    );
    const to = serve('127.0.0.1', 9000);
    await expectFreeIsWhatIsTaken(to, laneTo(to, '127.0.0.1'));
    await expectFreeIsWhatIsTaken(to, laneTo(to, '127.0.0.7'), { from: '127.0.0.7' });
  });

  it('are counted once where they are reserved and a listener has them, or two listeners do', async () => {
    setPortRange(40_000, 40_099);
    reservePorts('40010');
    listenAt('127.0.0.9', 40_010);
    listenAt('127.0.0.9', 40_020);
    listenAt('127.0.0.10', 40_020);
    const { ports } = await observe();
    expect(ports).toMatchObject({ reserved: 1, blocked: 1, usable: 98 });
    const to = serve('127.0.0.1', 9000);
    await expectFreeIsWhatIsTaken(to, laneTo(to, '127.0.0.1'));
  });

  it('that are bound explicitly by a connected socket are blocked for all lanes but its own', async () => {
    setPortRange(40_000, 40_099);
    const [a, b] = [serve('127.0.0.1', 9000), serve('127.0.0.1', 9001)];
    connection(a, { from: '127.0.0.1', port: 40_010 });
    connection(a, { from: '127.0.0.1', port: 40_011 });
    hold(1, b);
    const census = await observe();
    expect(census.ports).toMatchObject({ blocked: 2, usable: 98 });
    expect(census.ports.blockers).toMatchObject([{ kind: 'bound-before-connect', ports: '40010-40011', count: 2 }]);
    expect(laneOf(census, laneTo(a, '127.0.0.1'))).toMatchObject({ slots: 100, used: 2, free: 98 });
    expect(laneOf(census, laneTo(b, '127.0.0.1'))).toMatchObject({ slots: 98, used: 1, free: 97 });
    await expectFreeIsWhatIsTaken(a, laneTo(a, '127.0.0.1'));
    await expectFreeIsWhatIsTaken(b, laneTo(b, '127.0.0.1'));
  });

  it('outside the range hold no slot', async () => {
    setPortRange(40_000, 40_099);
    const to = serve('127.0.0.1', 9000);
    for (const port of [39_998, 39_999, 40_100, 50_000]) connection(to, { from: '127.0.0.1', port });
    expect(findLane(await observe(), laneTo(to, '127.0.0.1'))).toBeUndefined();
    connection(to, { from: '127.0.0.1', port: 40_099 });
    const census = await observe();
    expect(laneOf(census, laneTo(to, '127.0.0.1'))).toMatchObject({ used: 1, slots: 100, free: 99 });
    const other = serve('127.0.0.2', 9001);
    await expectFreeIsWhatIsTaken(other, laneTo(other, '127.0.0.1'));
    expect(laneOf(await observe(), laneTo(to, '127.0.0.1'))).toMatchObject({ used: 1, slots: 100, pool: 'lane' });
    await expectFreeIsWhatIsTaken(to, laneTo(to, '127.0.0.1'));
  });

  describe('of bound and idle sockets', () => {
    needsKernel(6, 8);

    it.each([
      ['127.0.0.1', AF_INET],
      ['127.0.0.9', AF_INET],
      ['0.0.0.0', AF_INET],
      ['::1', AF_INET6],
      ['::', AF_INET6],
    ])('are blocked for every lane (%s)', async (address, family) => {
      setPortRange(40_000, 40_099);
      NativeSocket.open(family).bind(address, 40_010);
      NativeSocket.open(family).reuseAddress().bind(address, 40_020);
      const { localPort } = NativeSocket.open(family).bind(address, 0);
      const { ports } = await observe();
      expect(ports).toMatchObject({ blocked: 3, usable: 97 });
      expect(ports.blockers).toMatchObject([{ kind: 'bound-idle', address, count: 3 }]);
      expect(portsOf(ports.blockers[0]?.ports)).toEqual([40_010, 40_020, localPort].sort((a, b) => a - b));
      const to = serve('127.0.0.1', 9000);
      await expectFreeIsWhatIsTaken(to, laneTo(to, '127.0.0.1'));
    });

    it('are free again when the socket is closed', async () => {
      setPortRange(40_000, 40_099);
      const socket = NativeSocket.open(AF_INET).bind('127.0.0.1', 40_010);
      expect((await observe()).ports.usable).toBe(99);
      socket.close();
      expect((await observe()).ports.usable).toBe(100);
    });
  });
});

/** `40010,40019-40020` as numbers. */
function portsOf(list = ''): number[] {
  return list.split(',').flatMap((item) => {
    const [low = 0, high = low] = item.split('-').map(Number);
    return Array.from({ length: high - low + 1 }, (_, index) => low + index);
  });
}
