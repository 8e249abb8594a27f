import { describe, expect, it } from 'vitest';
import { timeWait } from '../kit/closings.ts';
import { hold, serve, tryConnection } from '../kit/connections.ts';
import { fillUntilRefused } from '../kit/fill.ts';
import { joinTo } from '../kit/links.ts';
import { listenAt } from '../kit/native-socket.ts';
import { createNamespace, inside } from '../kit/network-namespace.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { setPortRange, writeSysctl } from '../kit/sysctl.ts';
import { countedLane, expectFreeIsWhatIsTaken, findLane, laneOf, laneTo } from './agreement.ts';
import { observe } from './observe.ts';

describe('address families', () => {
  usesPrivateNamespace();

  it('IPv6 lanes are filled until the kernel refuses', async () => {
    setPortRange(40_000, 40_099);
    writeSysctl('ipv4.tcp_tw_reuse', 0);
    const to = serve('::1', 9000);
    hold(10, to);
    timeWait(10, to);
    expect(await countedLane(laneTo(to, '::1'))).toMatchObject({ used: 20, live: 10, free: 80 });
    await expectFreeIsWhatIsTaken(to, laneTo(to, '::1'));
  });

  it('IPv4 and IPv6 lanes use the same ports, and a listener of either blocks both', async () => {
    setPortRange(40_000, 40_099);
    listenAt('::1', 40_010, { ipv6Only: true });
    listenAt('127.0.0.1', 40_020);
    const [four, six] = [serve('127.0.0.1', 9000), serve('::1', 9000)];
    await expectFreeIsWhatIsTaken(four, laneTo(four, '127.0.0.1'));
    await expectFreeIsWhatIsTaken(six, laneTo(six, '::1'));
    expect((await observe()).ports).toMatchObject({ blocked: 2, usable: 98 });
  });

  it('IPv4-mapped sockets are in the IPv4 lane', async () => {
    const to = serve('127.0.0.1', 9000);
    hold(11, to);
    hold(7, to, { mapped: true });
    timeWait(5, to, { mapped: true });
    expect((await observe()).lanes).toHaveLength(1);
    expect(await countedLane(laneTo(to, '127.0.0.1'))).toMatchObject({ used: 23, live: 18 });
  });

  it('addresses are written in canonical text', async () => {
    const other = createNamespace();
    joinTo(
      other,
      { link: 'near', addresses: ['fd00:0:0:1::a/64'] },
      { link: 'far', addresses: ['fd00:0:0:1:0:b:0:1/64'] },
    );
    const to = inside(other, () => serve('fd00:0:0:1:0:b:0:1', 80));
    hold(2, to);
    await countedLane({ source: 'fd00:0:0:1::a', destination: 'fd00::1:0:b:0:1', port: 80 });
  });
});

describe('interfaces', () => {
  usesPrivateNamespace();

  it('link-local addresses of two links are two lanes', async () => {
    setPortRange(40_000, 40_049);
    const [one, two] = ['one', 'two'].map((link, index) => {
      const other = createNamespace();
      joinTo(other, { link, addresses: [`fe80::1/64`] }, { link: 'far', addresses: ['fe80::2/64'] });
      const server = inside(other, () => serve('fe80::2%far', 80));
      hold(5 + index, { ...server, address: `fe80::2%${link}` });
      return server;
    });
    if (one === undefined || two === undefined) throw new Error('no server');
    const census = await observe();
    const scoped = (link: string) => ({ source: `fe80::1%${link}`, destination: `fe80::2%${link}`, port: 80 });
    expect(laneOf(census, scoped('one'))).toMatchObject({ used: 5, device: 'one' });
    expect(laneOf(census, scoped('two'))).toMatchObject({ used: 6, device: 'two' });
    let taken = 5;
    while (typeof tryConnection({ ...one, address: 'fe80::2%one' }) !== 'string') taken += 1;
    const full = laneOf(await observe(), scoped('one'));
    expect(full).toMatchObject({ slots: taken, used: taken, free: 0 });
    expect(laneOf(await observe(), scoped('two'))).toMatchObject({ used: 6, free: 44 });
  });

  it('sockets bound to a device have a lane of their own, which those without one do not see', async () => {
    setPortRange(40_000, 40_049);
    const to = serve('127.0.0.1', 9000);
    const [free, bound] = [null, 'lo'].map((device) => ({ ...laneTo(to, '127.0.0.1'), device }));
    if (free === undefined || bound === undefined) throw new Error('no lane');
    hold(7, to, { device: 'lo' });
    expect(laneOf(await observe(), bound)).toMatchObject({ used: 7, slots: 50, free: 43 });
    expect(fillUntilRefused(to)).toHaveLength(50);
    expect(laneOf(await observe(), free)).toMatchObject({ used: 50, slots: 50, free: 0 });
    expect(findLane(await observe(), { ...free, device: 'near' })).toBeUndefined();
  });

  it('sockets bound to a device find no port that one without a device holds (inet_match())', async () => {
    setPortRange(40_000, 40_049);
    const to = serve('127.0.0.1', 9000);
    hold(30, to);
    hold(7, to, { device: 'lo' });
    const { free } = laneOf(await observe(), { ...laneTo(to, '127.0.0.1'), device: 'lo' });
    expect(fillUntilRefused(to, { device: 'lo' })).toHaveLength(13);
    expect(free).toBe(13);
    const full = laneOf(await observe(), { ...laneTo(to, '127.0.0.1'), device: 'lo' });
    expect(full).toMatchObject({ slots: 20, used: 20, free: 0, utilization: 1 });
  });
});
