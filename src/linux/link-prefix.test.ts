import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyAddress } from '../../test/kit/arbitraries.ts';
import { formatAddress, isIPv4, sameAddress } from '../tcp/address.ts';
import { blockContains } from '../tcp/address-block.ts';
import { parseNetwork, parsePrefix } from './link-prefix.ts';

const anyPrefix = anyAddress.chain((address) =>
  fc.record({ address: fc.constant(address), prefixLength: fc.nat(isIPv4(address) ? 32 : 128) }),
);

describe('an address with its prefix length', () => {
  it('is read from any address and every length of its family', () => {
    fc.assert(
      fc.property(anyPrefix, ({ address, prefixLength }) => {
        const text = formatAddress(address);
        expect(parsePrefix(text, prefixLength)).toEqual({ address, prefixLength, text: `${text}/${prefixLength}` });
      }),
    );
  });

  it('is refused where the length is not of its family', () => {
    for (const length of [33, -1, 0.5, Number.NaN]) {
      expect(() => parsePrefix('10.0.0.1', length)).toThrow(
        expect.objectContaining({
          code: 'FT_ARGUMENT',
          message: `${length} is no prefix length of 10.0.0.1`,
          hint: expect.stringContaining('from 0 to 32'),
        }),
      );
    }
    expect(() => parsePrefix('::1', 129)).toThrow(expect.objectContaining({ hint: expect.stringContaining('128') }));
    expect(parsePrefix('::1', 33).prefixLength).toBe(33);
  });

  it('is refused where there is no address', () => {
    expect(() => parsePrefix('10.0.0', 24)).toThrow(expect.objectContaining({ code: 'FT_ADDRESS' }));
  });
});

describe('a whole prefix', () => {
  it('is one whose address has no bits behind it; the hint names the one that was meant', () => {
    fc.assert(
      fc.property(anyPrefix, ({ address, prefixLength }) => {
        const text = formatAddress(address);
        let first = text;
        try {
          parseNetwork(text, prefixLength);
        } catch (error) {
          first = /first address is (\S+):/.exec((error as { hint: string }).hint)?.[1] ?? 'none';
          expect(first).not.toBe(text);
        }
        const { address: start } = parseNetwork(first, prefixLength);
        const bits = (isIPv4(address) ? 96 : 0) + prefixLength;
        expect(blockContains({ address: start, prefix: bits }, address)).toBe(true);
        const behind = start.map((word, index) => BigInt(word) << BigInt(96 - 32 * index)).reduce((a, b) => a | b);
        expect(behind & ((1n << BigInt(128 - bits)) - 1n)).toBe(0n);
      }),
    );
  });

  it.each([
    ['10.0.0.0', 8],
    ['10.0.0.5', 32],
    ['0.0.0.0', 0],
    ['2001:db8::', 64],
    ['2001:db8::1', 128],
    ['::', 0],
    ['255.255.255.255', 32],
  ])('is %s/%i', (address, length) => {
    expect(sameAddress(parseNetwork(address, length).address, parsePrefix(address, length).address)).toBe(true);
  });

  it('is not an address in the middle of one', () => {
    expect(() => parseNetwork('2001:db8::5', 64)).toThrow(
      expect.objectContaining({ code: 'FT_ARGUMENT', message: '2001:db8::5/64 is not a whole prefix' }),
    );
    expect(() => parseNetwork('10.0.0.1', 31)).toThrow(
      expect.objectContaining({ hint: 'Its first address is 10.0.0.0: write 10.0.0.0/31.' }),
    );
  });
});
