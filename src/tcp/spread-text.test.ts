import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyAddress, anyIPv6, anyPort } from '../../test/kit/arbitraries.ts';
import { type Address, formatAddress, isIPv4 } from './address.ts';
import { formatRule } from './destination-rule.ts';
import { formatEndpoint } from './lane.ts';
import { choicesOf, type Spread } from './spread.ts';
import { formatSource } from './spread-source.ts';
import { formatSpread, parseSpread } from './spread-text.ts';

/** The first address of the block that an address is in. */
const firstOf = (address: Address, prefix: number): Address =>
  address.map((bits, word) => {
    const counted = Math.min(32, Math.max(0, prefix - 32 * word));
    return counted === 0 ? 0 : (bits & (-1 << (32 - counted))) >>> 0;
  }) as unknown as Address;

const anyBlock = fc.tuple(anyAddress, fc.nat(128)).map(([address, bits]) => {
  const prefixLength = isIPv4(address) ? bits % 33 : bits;
  return { address: formatAddress(firstOf(address, isIPv4(address) ? 96 + prefixLength : prefixLength)), prefixLength };
});
const anyOne = anyAddress.map((address) => ({
  address: formatAddress(address),
  prefixLength: isIPv4(address) ? 32 : 128,
}));
const anyPrefix = fc
  .tuple(anyIPv6, fc.integer({ min: 97, max: 127 }))
  .filter(([address]) => !isIPv4(address))
  .map(([address, prefixLength]) => ({ address: formatAddress(firstOf(address, prefixLength)), prefixLength }));
const anyRule = fc.tuple(anyBlock, fc.option(anyPort)).map(([block, port]) => ({ ...block, port }));
const anyEndpoint = fc.record({ address: anyAddress.map(formatAddress), port: anyPort });

const anySpread: fc.Arbitrary<Spread> = fc.oneof(
  fc.record({
    kind: fc.constant('sources' as const),
    sources: fc.oneof(
      fc.uniqueArray(anyOne, { minLength: 1, maxLength: 12, selector: formatSource }),
      anyPrefix.map((prefix) => [prefix]),
    ),
    to: fc.uniqueArray(anyRule, { minLength: 1, maxLength: 6, selector: formatRule }),
  }),
  fc.record({
    kind: fc.constant('destinations' as const),
    from: anyEndpoint,
    over: fc.uniqueArray(anyEndpoint, {
      minLength: 1,
      maxLength: 12,
      selector: ({ address, port }) => formatEndpoint(address, port),
    }),
  }),
);

describe('a spread in one line', () => {
  it('is read back', () => {
    fc.assert(
      fc.property(anySpread, (spread) => {
        const text = formatSpread(spread);
        expect(parseSpread(text)).toEqual(spread);
        expect(formatSpread(parseSpread(text))).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['sources 10.0.0.10-10.0.0.17 to 10.0.1.9:8080', 8],
    ['sources 10.0.0.10-10.0.0.17,10.0.1.4 to 10.0.1.0/24:8080,[2001:db8::/64]:443,10.0.2.9', 9],
    ['sources 2001:db8::/64 to [2001:db8:1::9]:443', null],
    ['from 10.0.1.9:8080 over 10.0.1.9:8080-8083,10.0.1.10:8080-8083', 8],
    ['from [2001:db8::9]:80 over [2001:db8::9-2001:db8::c]:80', 4],
  ])('%s is as it is written, and has %s choices', (text, choices) => {
    expect(formatSpread(parseSpread(text))).toBe(text);
    expect(choicesOf(parseSpread(text))).toBe(choices);
  });

  it.each([
    ['', "'' does not say what to spread"],
    ['sources 10.0.0.5', "'sources 10.0.0.5' does not say what to spread"],
    ['sources 10.0.0.5 over 10.0.1.9:80', 'does not say what to spread'],
    ['from 10.0.1.9:80 to 10.0.1.9:81', 'does not say what to spread'],
    ['sources 10.0.0.5 to 10.0.1.9:80 more', 'does not say what to spread'],
    ['sources proxy to 10.0.1.9:80', "'proxy' is not an IP address"],
    ['from 10.0.1.9 over 10.0.1.9:81', "'10.0.1.9' has no port"],
  ])('is refused by the part that is wrong: %j', (text, message) => {
    expect(() => parseSpread(text)).toThrow(
      expect.objectContaining({ code: 'FT_ARGUMENT', message: expect.stringContaining(message) }),
    );
  });
});
