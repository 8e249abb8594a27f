import { beforeEach, describe, expect, it } from 'vitest';
import { addLinkAddress, removeLinkAddress } from '../../src/linux/link-addresses.ts';
import { isLocalAddress } from '../../src/linux/local-address.ts';
import { addLocalRoute, hasLocalRoute, removeLocalRoute } from '../../src/linux/local-routes.ts';
import { serve } from '../kit/connections.ts';
import { ip } from '../kit/ip-command.ts';
import { blackHole, joinTo } from '../kit/links.ts';
import { NativeSocket } from '../kit/native-socket.ts';
import { createNamespace, inside } from '../kit/network-namespace.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { AF_INET6, encodeSocketAddress } from '../kit/socket-address.ts';
import { withoutCapabilities } from '../kit/without-capabilities.ts';

const PREFIXES = [
  ['10.5.0.0', 24, 4],
  ['10.6.7.8', 32, 4],
  ['2001:db8:5::', 64, 6],
  ['2001:db8:6::8', 128, 6],
] as const;

const SOL_IPV6 = 41;
const IPV6_FREEBIND = 78;

/** The local routes as `ip route` shows them, in any order. Routes of multicast come later, when a link is up. */
function localTable(): string[] {
  return [4, 6].flatMap((family) => ip(`-${family} route show table local type local`).trim().split('\n')).sort();
}

describe.each(['d0', 'lo'])('a local route to %s', (link) => {
  usesPrivateNamespace();
  beforeEach(() => blackHole({ link: 'd0', addresses: [] }));

  it.each(PREFIXES)(
    'of %s/%i is the one that `ip route add local` makes, and is gone when it is removed',
    (prefix, length, family) => {
      const before = localTable();
      ip(`-${family} route add local ${prefix}/${length} dev ${link}`);
      const byHand = localTable();
      expect(byHand).not.toEqual(before);
      expect(hasLocalRoute(prefix, length, link)).toBe(true);
      expect(removeLocalRoute(prefix, length, link)).toBe(true);
      expect(localTable()).toEqual(before);
      expect(hasLocalRoute(prefix, length, link)).toBe(false);
      expect(addLocalRoute(prefix, length, link)).toBe(true);
      expect(localTable()).toEqual(byHand);
      expect(withoutCapabilities(() => hasLocalRoute(prefix, length, link))).toBe(true);
    },
  );

  it.each(PREFIXES)(
    'of %s/%i that is there, or is not there any more, is told, and nothing changes',
    (prefix, length) => {
      expect(removeLocalRoute(prefix, length, link)).toBe(false);
      addLocalRoute(prefix, length, link);
      const before = localTable();
      expect(addLocalRoute(prefix, length, link)).toBe(false);
      expect(localTable()).toEqual(before);
    },
  );
});

describe('a local route', () => {
  usesPrivateNamespace();
  beforeEach(() => blackHole({ link: 'd0', addresses: [] }));

  it('is told from those of other lengths, other links and other tables', () => {
    addLocalRoute('10.5.0.0', 24, 'd0');
    addLocalRoute('2001:db8:5::', 64, 'd0');
    ip('route add 10.8.0.0/24 dev d0');
    ip('route add local 10.9.0.0/24 dev d0 table 77');
    const others = [
      ['10.5.0.0', 25, 'd0'],
      ['10.5.0.0', 23, 'd0'],
      ['10.4.0.0', 24, 'd0'],
      ['10.5.0.0', 24, 'lo'],
      ['2001:db8:5::', 63, 'd0'],
      ['2001:db8:5::', 64, 'lo'],
      ['10.8.0.0', 24, 'd0'],
      ['10.9.0.0', 24, 'd0'],
    ] as const;
    expect(others.filter(([prefix, length, link]) => hasLocalRoute(prefix, length, link))).toEqual([]);
  });

  it('can be one of everything', () => {
    for (const any of ['0.0.0.0', '::']) {
      expect(hasLocalRoute(any, 0, 'd0')).toBe(false);
      expect(addLocalRoute(any, 0, 'd0')).toBe(true);
      expect(hasLocalRoute(any, 0, 'd0')).toBe(true);
      expect(removeLocalRoute(any, 0, 'd0')).toBe(true);
      expect(hasLocalRoute(any, 0, 'd0')).toBe(false);
    }
  });

  it('that the kernel made for an address is seen, and never removed', () => {
    addLinkAddress('d0', '10.5.0.1', 32);
    addLinkAddress('d0', '2001:db8:5::1', 128);
    const before = localTable();
    expect(hasLocalRoute('10.5.0.1', 32, 'd0')).toBe(true);
    expect(hasLocalRoute('2001:db8:5::1', 128, 'd0')).toBe(true);
    expect(removeLocalRoute('10.5.0.1', 32, 'd0')).toBe(false);
    expect(removeLocalRoute('2001:db8:5::1', 128, 'd0')).toBe(false);
    expect(removeLocalRoute('127.0.0.0', 8, 'lo')).toBe(false);
    expect(localTable()).toEqual(before);
    removeLinkAddress('d0', '10.5.0.1', 32);
    removeLinkAddress('d0', '2001:db8:5::1', 128);
    expect(hasLocalRoute('10.5.0.1', 32, 'd0')).toBe(false);
    expect(hasLocalRoute('2001:db8:5::1', 128, 'd0')).toBe(false);
  });

  it('of IPv4 lets any program bind to its addresses; one of IPv6 only those that ask for it', () => {
    addLocalRoute('10.5.0.0', 24, 'd0');
    addLocalRoute('2001:db8:5::', 64, 'd0');
    expect(isLocalAddress('10.5.0.77')).toBe(true);
    expect(isLocalAddress('2001:db8:5::77')).toBe(false);
    const asking = NativeSocket.open(AF_INET6).option(SOL_IPV6, IPV6_FREEBIND, 1);
    expect(asking.tryBind('2001:db8:5::77', 0)).toBeUndefined();
    removeLocalRoute('10.5.0.0', 24, 'd0');
    expect(isLocalAddress('10.5.0.77')).toBe(false);
  });

  it('brings the answers home to a program that has bound to one of its IPv6 addresses', () => {
    const other = createNamespace();
    joinTo(
      other,
      { link: 'w0', addresses: ['2001:db8::1/64', 'fe80::1/64'] },
      { link: 'w1', addresses: ['2001:db8::2/64', 'fe80::2/64'] },
    );
    inside(other, () => ip('-6 route add 2001:db8:5::/64 via 2001:db8::1'));
    const server = inside(other, () => serve('2001:db8::2', 8_000));
    addLocalRoute('2001:db8:5::', 64, 'w0');
    const client = NativeSocket.open(AF_INET6).option(SOL_IPV6, IPV6_FREEBIND, 1).bind('2001:db8:5::77', 0);
    expect(client.tryConnect(encodeSocketAddress(server.address, server.port))).toBeUndefined();
  });
});

describe('a local route is refused', () => {
  usesPrivateNamespace();

  it.each([addLocalRoute, removeLocalRoute, hasLocalRoute])(
    'where there is no such link, or no whole prefix',
    (call) => {
      expect(() => call('10.5.0.0', 24, 'eth9')).toThrow(
        expect.objectContaining({
          code: 'FT_ARGUMENT',
          message: "there is no link 'eth9' in this network namespace",
          hint: 'It has lo.',
        }),
      );
      expect(() => call('10.5.0.1', 24, 'lo')).toThrow(
        expect.objectContaining({ code: 'FT_ARGUMENT', message: '10.5.0.1/24 is not a whole prefix' }),
      );
    },
  );

  it('without CAP_NET_ADMIN, by its name', () => {
    withoutCapabilities(() => {
      for (const change of [addLocalRoute, removeLocalRoute]) {
        expect(() => change('10.5.0.0', 24, 'lo')).toThrow(
          expect.objectContaining({ code: 'FT_PRIVILEGE', message: expect.stringContaining('CAP_NET_ADMIN') }),
        );
      }
    });
  });

  it('where the link is down, naming the error', () => {
    ip('link add d0 type veth peer name d0-end');
    expect(() => addLocalRoute('2001:db8:5::', 64, 'd0')).toThrow(
      expect.objectContaining({ code: 'FT_KERNEL', message: expect.stringContaining('ENETDOWN') }),
    );
  });
});
