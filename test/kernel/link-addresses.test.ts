import { readdirSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  addLinkAddress,
  type LinkAddress,
  readLinkAddresses,
  removeLinkAddress,
} from '../../src/linux/link-addresses.ts';
import { isLocalAddress } from '../../src/linux/local-address.ts';
import { inNamespace, openNamespace } from '../../src/linux/network-namespace.ts';
import { connection, serve } from '../kit/connections.ts';
import { changedCounters } from '../kit/counters.ts';
import { ip } from '../kit/ip-command.ts';
import { blackHole, joinTo } from '../kit/links.ts';
import { listenAt, NativeSocket } from '../kit/native-socket.ts';
import { createNamespace, inside, type NetworkNamespace } from '../kit/network-namespace.ts';
import { usesPrivateNamespace } from '../kit/private-namespace.ts';
import { familyOf } from '../kit/socket-address.ts';
import { writeSysctl } from '../kit/sysctl.ts';
import { withoutCapabilities } from '../kit/without-capabilities.ts';

const ADDRESSES = [
  ['10.0.0.10', 32],
  ['2001:db8::10', 128],
  ['fd00:0:0:1::a', 128],
] as const;

/** What `ip -json address` lists, as far as an address of ours says it. */
function listedByIp(): Omit<LinkAddress, 'linkIndex'>[] {
  const links = JSON.parse(ip('-json address show')) as {
    ifname: string;
    addr_info: { local: string; prefixlen: number; tentative?: boolean; dadfailed?: boolean }[];
  }[];
  return links.flatMap(({ ifname, addr_info }) =>
    addr_info.map(({ local, prefixlen, tentative = false, dadfailed = false }) => ({
      link: ifname,
      address: local,
      prefixLength: prefixlen,
      isTentative: tentative,
      isDadFailed: dadfailed,
    })),
  );
}

function listed(): Omit<LinkAddress, 'linkIndex'>[] {
  return readLinkAddresses().map(({ linkIndex: _, ...rest }) => rest);
}

const ofLink = (link: string): string[] =>
  listedByIp()
    .filter((entry) => entry.link === link)
    .map(({ address, prefixLength }) => `${address}/${prefixLength}`);

/** What a program sees that binds to an address: the error's name, undefined where it may. */
function bindTo(address: string): string | undefined {
  const socket = NativeSocket.open(familyOf(address));
  const failure = socket.tryBind(address, 0);
  socket.close();
  return failure;
}

const sorted = <T>(list: readonly T[]): string[] => list.map((entry) => JSON.stringify(entry)).sort();

describe('the addresses of links', () => {
  usesPrivateNamespace();

  it('are those that `ip address` lists, of both families and all links, with and without privilege', () => {
    blackHole({ link: 'd0', addresses: ['10.1.0.1/24', '10.1.0.2/24', '2001:db8:1::1/64', 'fe80::1/64'] });
    ip('address add 10.2.0.1 peer 10.2.0.2/32 dev d0');
    ip('address add 2001:db8:2::1 peer 2001:db8:2::2/128 dev d0 nodad');
    ip('address add 127.0.0.9/32 dev lo');
    expect(listed()).toHaveLength(9);
    expect(sorted(listed())).toEqual(sorted(listedByIp()));
    expect(withoutCapabilities(listed)).toEqual(listed());
  });

  it('have the index of their link', () => {
    blackHole({ link: 'd0', addresses: ['10.1.0.1/24'] });
    const [{ ifindex }] = JSON.parse(ip('-json link show dev d0')) as [{ ifindex: number }];
    expect(readLinkAddresses().filter(({ link }) => link === 'd0')).toMatchObject([{ linkIndex: ifindex }]);
  });

  it('are all there where they need many messages', () => {
    blackHole({ link: 'd0', addresses: [] });
    for (let last = 1; last <= 250; last += 1) addLinkAddress('d0', `10.1.2.${last}`, 32);
    for (let last = 1; last <= 250; last += 1) addLinkAddress('d0', `2001:db8::${last}`, 128);
    expect(listed()).toHaveLength(502);
    expect(sorted(listed())).toEqual(sorted(listedByIp()));
  });

  it('tell that the kernel still looks for a duplicate, and that it has found one', async () => {
    const other = createNamespace();
    joinTo(other, { link: 'w0', addresses: [] }, { link: 'w1', addresses: ['2001:db8::1/64'] });
    ip('address add 2001:db8::1/64 dev w0');
    const duplicate = (): LinkAddress | undefined => readLinkAddresses().find(({ link }) => link === 'w0');
    expect(duplicate()).toMatchObject({ isTentative: true, isDadFailed: false });
    while (duplicate()?.isDadFailed !== true) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(sorted(listed())).toEqual(sorted(listedByIp()));
  });

  it('are those of the namespace that the thread is in', () => {
    const other = createNamespace();
    const handle = openNamespace(other.path);
    inNamespace(handle, () => addLinkAddress('lo', '10.9.9.9', 32));
    expect(inNamespace(handle, listed)).toContainEqual(expect.objectContaining({ address: '10.9.9.9' }));
    expect(listed()).not.toContainEqual(expect.objectContaining({ address: '10.9.9.9' }));
    handle.close();
  });
});

describe.each(['d0', 'lo'])('an address that is added to %s', (link) => {
  usesPrivateNamespace();
  beforeEach(() => blackHole({ link: 'd0', addresses: [] }));

  it.each(ADDRESSES)('%s/%i can be bound to at once, and is gone when it is removed', (address, length) => {
    const before = listedByIp();
    expect([isLocalAddress(address), bindTo(address)]).toEqual([false, 'EADDRNOTAVAIL']);
    expect(addLinkAddress(link, address, length)).toBe(true);
    expect([isLocalAddress(address), bindTo(address)]).toEqual([true, undefined]);
    expect(ofLink(link)).toContain(`${address}/${length}`);
    expect(removeLinkAddress(link, address, length)).toBe(true);
    expect([isLocalAddress(address), bindTo(address)]).toEqual([false, 'EADDRNOTAVAIL']);
    expect(listedByIp()).toEqual(before);
  });

  it.each(ADDRESSES)('%s/%i is one as `ip address add` makes it', (address, length) => {
    const added = (): unknown => {
      const [{ addr_info }] = JSON.parse(ip(`-json address show dev ${link}`)) as [{ addr_info: { local: string }[] }];
      return addr_info.find(({ local }) => local === address);
    };
    ip(`address add ${address}/${length} dev ${link}${address.includes(':') ? ' nodad' : ''}`);
    const byHand = added();
    ip(`address del ${address}/${length} dev ${link}`);
    addLinkAddress(link, address, length);
    expect(added()).toEqual(byHand);
  });

  it.each(ADDRESSES)(
    '%s/%i and is there, or is removed and is not, is told, and nothing changes',
    (address, length) => {
      expect(removeLinkAddress(link, address, length)).toBe(false);
      addLinkAddress(link, address, length);
      const before = listedByIp();
      expect(addLinkAddress(link, address, length)).toBe(false);
      expect(removeLinkAddress(link, address, length - 1)).toBe(false);
      expect(listedByIp()).toEqual(before);
      removeLinkAddress(link, address, length);
      expect(removeLinkAddress(link, address, length)).toBe(false);
    },
  );
});

describe('an added address', () => {
  usesPrivateNamespace();

  it('can be connected to at once, each of many', () => {
    blackHole({ link: 'd0', addresses: [] });
    const listener = listenAt('::', 8_000);
    const counted = changedCounters(() => {
      for (let count = 1; count <= 80; count += 1) {
        const [address, length] = count % 4 === 0 ? [`10.0.1.${count}`, 32] : [`2001:db8:1::${count}`, 128];
        addLinkAddress('d0', address, length);
        const { client, server } = connection({ address, port: 8_000, listener });
        server.abort();
        client.close();
      }
    });
    expect(counted).toMatchObject({ 'Tcp ActiveOpens': 80 });
    // Where the kernel has no local route yet, the first SYN leaves by the link, and is lost.
    expect(counted).not.toHaveProperty('Tcp RetransSegs');
  });

  describe('over a wire', () => {
    let other: NetworkNamespace;
    beforeEach(() => {
      other = createNamespace();
      joinTo(
        other,
        { link: 'w0', addresses: ['10.0.0.1/24', '2001:db8::1/64'] },
        { link: 'w1', addresses: ['10.0.0.2/24', '2001:db8::2/64'] },
      );
    });

    it.each([
      ['10.0.0.10', 32, '10.0.0.2'],
      ['2001:db8::10', 128, '2001:db8::2'],
    ])('%s/%i is one that a connection can come from', (address, length, to) => {
      addLinkAddress('w0', address, length);
      const server = inside(other, () => serve(to, 8_000));
      const { client } = connection(server, { from: address });
      expect(client.localPort).toBeGreaterThan(0);
    });
  });

  it('can be link-local, and then be bound to with its link', () => {
    blackHole({ link: 'd0', addresses: [] });
    expect(addLinkAddress('d0', 'fe80::77', 128)).toBe(true);
    const index = readLinkAddresses().find(({ address }) => address === 'fe80::77')?.linkIndex;
    expect(isLocalAddress('fe80::77', index)).toBe(true);
    expect(isLocalAddress('fe80::77')).toBe(false);
  });

  it('leaves no file open', () => {
    const files = readdirSync('/proc/self/fd').length;
    addLinkAddress('lo', '10.0.0.9', 32);
    removeLinkAddress('lo', '10.0.0.9', 32);
    isLocalAddress('10.0.0.9');
    readLinkAddresses();
    expect(() => addLinkAddress('eth9', '10.0.0.9', 32)).toThrow();
    expect(readdirSync('/proc/self/fd')).toHaveLength(files);
  });
});

describe('an address is refused', () => {
  usesPrivateNamespace();

  it.each([addLinkAddress, removeLinkAddress])(
    'where there is no such link: the hint names those that there are',
    (change) => {
      ip('link add eth0 type veth peer name eth1');
      for (const name of ['eth9', '', 'a-name-that-is-too-long', 'eth0\0']) {
        expect(() => change(name, '10.0.0.9', 32)).toThrow(
          expect.objectContaining({
            code: 'FT_ARGUMENT',
            message: expect.stringMatching(/^there is no link '.*' in this network namespace$/),
            hint: expect.stringMatching(/^It has (?=.*\blo\b)(?=.*\beth0\b).*\beth1\b/),
          }),
        );
      }
    },
  );

  it('without CAP_NET_ADMIN, by its name', () => {
    addLinkAddress('lo', '10.0.0.8', 32);
    withoutCapabilities(() => {
      for (const change of [addLinkAddress, removeLinkAddress]) {
        expect(() => change('lo', '10.0.0.8', 32)).toThrow(
          expect.objectContaining({ code: 'FT_PRIVILEGE', message: expect.stringContaining('CAP_NET_ADMIN') }),
        );
      }
      expect(isLocalAddress('10.0.0.8')).toBe(true);
    });
  });

  it('where its family is disabled on the link, with the kernel’s own words', () => {
    blackHole({ link: 'd0', addresses: [] });
    writeSysctl('ipv6.conf.d0.disable_ipv6', 1);
    expect(() => addLinkAddress('d0', '2001:db8::5', 128)).toThrow(
      expect.objectContaining({
        code: 'FT_KERNEL',
        message: expect.stringMatching(/could not add 2001:db8::5\/128 to d0: EACCES, kernel: .*disabled/),
      }),
    );
    expect(addLinkAddress('d0', '10.0.0.5', 32)).toBe(true);
  });

  it('where it is none', () => {
    expect(() => addLinkAddress('lo', 'nowhere', 32)).toThrow(expect.objectContaining({ code: 'FT_ADDRESS' }));
    expect(() => removeLinkAddress('lo', '10.0.0.1', 33)).toThrow(expect.objectContaining({ code: 'FT_ARGUMENT' }));
    expect(() => isLocalAddress('nowhere')).toThrow(expect.objectContaining({ code: 'FT_ADDRESS' }));
  });
});
