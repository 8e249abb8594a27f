import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyAddress, anyIPv4, anyIPv6 } from '../../test/kit/arbitraries.ts';
import {
  type Address,
  ANY_IPV4,
  ANY_IPV6,
  formatAddress,
  formatScopedAddress,
  ipv4,
  isIPv4,
  isLinkLocal,
  isLoopback,
  isUnspecified,
  parseAddress,
  sameAddress,
  tryParseAddress,
} from './address.ts';
import { FourtupleError } from './error.ts';

const hex = (group: number): string => group.toString(16);
const groupsOf = (address: Address): number[] => address.flatMap((word) => [word >>> 16, word & 0xffff]);

/** RFC 5952 §4, word by word: the first of the longest runs of two or more zero groups is left out. */
function recommendedText(address: Address): string {
  const groups = groupsOf(address);
  const runAt = (start: number): number => {
    const end = groups.findIndex((group, index) => index >= start && group !== 0);
    return (end < 0 ? 8 : end) - start;
  };
  const longest = Math.max(...groups.map((_, start) => runAt(start)));
  if (longest < 2) return groups.map(hex).join(':');
  const start = groups.findIndex((_, index) => runAt(index) === longest);
  return `${groups.slice(0, start).map(hex).join(':')}::${groups
    .slice(start + longest)
    .map(hex)
    .join(':')}`;
}

describe('the text of an address', () => {
  // RFC 5952 §1, §2, §4: each way of writing an address, and the recommended one.
  it.each([
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:0db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8::1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8::0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:0db8::1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:0:1::1', '2001:db8::1:0:0:1'],
    ['2001:db8:0000:0:1::1', '2001:db8::1:0:0:1'],
    ['2001:DB8:0:0:1::1', '2001:db8::1:0:0:1'],
    ['2001:db8:aaaa:bbbb:cccc:dddd:eeee:0001', '2001:db8:aaaa:bbbb:cccc:dddd:eeee:1'],
    ['2001:db8:0:0:0::1', '2001:db8::1'],
    ['2001:db8:0:0::1', '2001:db8::1'],
    ['2001:db8::aaaa:0:0:1', '2001:db8::aaaa:0:0:1'],
    ['2001:db8:0:0:aaaa::1', '2001:db8::aaaa:0:0:1'],
    ['2001:db8:aaaa:bbbb:cccc:dddd:eeee:AAAA', '2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:db8::1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['1:0:0:0:0:0:0:0', '1::'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
  ])('is canonical: %s is %s', (text, canonical) => {
    expect(formatAddress(parseAddress(text))).toBe(canonical);
  });

  it('is dotted for IPv4 and as RFC 5952 recommends for IPv6, whatever the address', () => {
    fc.assert(
      fc.property(anyIPv6, (address) => {
        fc.pre(!isIPv4(address));
        expect(formatAddress(address)).toBe(recommendedText(address));
      }),
    );
    fc.assert(
      fc.property(anyIPv4, (address) => {
        const bytes = [24, 16, 8, 0].map((shift) => (address[3] >>> shift) & 255);
        expect(formatAddress(address)).toBe(bytes.join('.'));
        expect(ipv4(address[3])).toEqual(address);
      }),
    );
  });

  it('is read back as the same address, also with all groups, capitals or a dotted end', () => {
    fc.assert(
      fc.property(anyAddress, (address) => {
        const groups = groupsOf(address).map(hex);
        const dotted = [24, 16, 8, 0].map((shift) => (address[3] >>> shift) & 255).join('.');
        for (const text of [
          formatAddress(address),
          groups.join(':'),
          groups.join(':').toUpperCase(),
          groups.map((group) => group.padStart(4, '0')).join(':'),
          `${groups.slice(0, 6).join(':')}:${dotted}`,
        ]) {
          expect(tryParseAddress(text), text).toEqual(address);
        }
      }),
    );
  });

  it.each([
    ...['', ' ', 'localhost', '10.0.0', '1.2.3', '10.0.0.0.1', '0x7f.1', '0x7f.0.0.1', '010.0.0.1', '10.0.0.01'],
    ...['256.0.0.1', '10.0.0.-1', ' 10.0.0.1', '10.0.0.1 ', '10.0.0.1/8', '10.0.0.1:80', '2130706433', '127.1'],
    ...['::1%lo', 'fe80::1%eth0', '[::1]', ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '12345::', 'g::'],
    ...['::ffff:010.0.0.1', '::ffff:0x7f.1', '::ffff:256.0.0.1', '::1.2.3', '1:2:3:4:5:6:7:1.2.3.4', '::1/128', '::1]'],
    ...['::1@', '::1#', '::1?', '::1\n', '::１', '%3a%3a1'],
  ])('is refused where it is no address, or tools read it in different ways: %j', (text) => {
    expect(tryParseAddress(text)).toBeUndefined();
    expect(() => parseAddress(text)).toThrow(
      expect.objectContaining({ code: 'FT_ADDRESS', message: expect.stringContaining(`'${text}'`) }),
    );
    expect(() => parseAddress(text)).toThrow(FourtupleError);
  });

  it('is taken exactly where the platform takes it too', () => {
    const piece = fc.constantFrom('', '::', ':', '.', '0', '1', '255', 'ffff', 'a', 'g', '%', '00', '[', ']', ' ', '/');
    const nearlyAddress = fc.tuple(anyAddress, fc.nat(40), fc.nat(5), piece).map(([address, at, removed, inserted]) => {
      const text = address[0] % 2 === 0 ? formatAddress(address) : groupsOf(address).map(hex).join(':');
      return text.slice(0, at) + inserted + text.slice(at + removed);
    });
    fc.assert(
      fc.property(
        fc.oneof(
          nearlyAddress,
          fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join('')),
        ),
        (text) => {
          expect(tryParseAddress(text) !== undefined, text).toBe(isIP(text) !== 0 && !text.includes('%'));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('has its zone where there is one', () => {
    const address = parseAddress('fe80::1');
    expect(formatScopedAddress(address, 'eth0')).toBe('fe80::1%eth0');
    expect(formatScopedAddress(address, null)).toBe('fe80::1');
  });
});

describe('an address', () => {
  const table: [string, { isIPv4: boolean; isLoopback: boolean; isLinkLocal: boolean; isUnspecified: boolean }][] = [
    ['0.0.0.0', { isIPv4: true, isLoopback: false, isLinkLocal: false, isUnspecified: true }],
    ['::', { isIPv4: false, isLoopback: false, isLinkLocal: false, isUnspecified: true }],
    ['::ffff:0.0.0.0', { isIPv4: true, isLoopback: false, isLinkLocal: false, isUnspecified: true }],
    ['127.0.0.1', { isIPv4: true, isLoopback: true, isLinkLocal: false, isUnspecified: false }],
    ['127.255.255.255', { isIPv4: true, isLoopback: true, isLinkLocal: false, isUnspecified: false }],
    ['::ffff:127.0.0.9', { isIPv4: true, isLoopback: true, isLinkLocal: false, isUnspecified: false }],
    ['126.255.255.255', { isIPv4: true, isLoopback: false, isLinkLocal: false, isUnspecified: false }],
    ['128.0.0.0', { isIPv4: true, isLoopback: false, isLinkLocal: false, isUnspecified: false }],
    ['::1', { isIPv4: false, isLoopback: true, isLinkLocal: false, isUnspecified: false }],
    ['::2', { isIPv4: false, isLoopback: false, isLinkLocal: false, isUnspecified: false }],
    ['1::1', { isIPv4: false, isLoopback: false, isLinkLocal: false, isUnspecified: false }],
    ['::127.0.0.1', { isIPv4: false, isLoopback: false, isLinkLocal: false, isUnspecified: false }],
    ['1::ffff:0:0', { isIPv4: false, isLoopback: false, isLinkLocal: false, isUnspecified: false }],
    ['fe80::1', { isIPv4: false, isLoopback: false, isLinkLocal: true, isUnspecified: false }],
    ['febf:ffff::', { isIPv4: false, isLoopback: false, isLinkLocal: true, isUnspecified: false }],
    ['fec0::1', { isIPv4: false, isLoopback: false, isLinkLocal: false, isUnspecified: false }],
    ['fe7f::1', { isIPv4: false, isLoopback: false, isLinkLocal: false, isUnspecified: false }],
    ['169.254.0.1', { isIPv4: true, isLoopback: false, isLinkLocal: false, isUnspecified: false }],
  ];

  it.each(table)('%s is of the kind that the kernel takes it for', (text, kind) => {
    const address = parseAddress(text);
    expect({
      isIPv4: isIPv4(address),
      isLoopback: isLoopback(address),
      isLinkLocal: isLinkLocal(address),
      isUnspecified: isUnspecified(address),
    }).toEqual(kind);
  });

  it('is the same as another where all four words are', () => {
    fc.assert(
      fc.property(anyAddress, fc.nat(3), fc.integer({ min: 1, max: 0xffff_ffff }), (address, index, difference) => {
        const other: Address = [...address];
        const words: number[] = [...address];
        words[index] = ((words[index] as number) ^ difference) >>> 0;
        expect(sameAddress(address, other)).toBe(true);
        expect(sameAddress(address, words as unknown as Address)).toBe(false);
      }),
    );
  });

  it('is unspecified by two constants', () => {
    expect([ANY_IPV4, ANY_IPV6].map(formatAddress)).toEqual(['0.0.0.0', '::']);
  });
});
