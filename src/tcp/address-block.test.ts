import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyAddress, anyIPv4 } from '../../test/kit/arbitraries.ts';
import { type Address, formatAddress, isIPv4, parseAddress } from './address.ts';
import { blockContains, parseAddressBlock } from './address-block.ts';
import { FourtupleError } from './error.ts';

const toBits = (address: Address): bigint => address.reduce((bits, word) => (bits << 32n) | BigInt(word), 0n);
const fromBits = (bits: bigint): Address => [
  Number((bits >> 96n) & 0xffff_ffffn),
  Number((bits >> 64n) & 0xffff_ffffn),
  Number((bits >> 32n) & 0xffff_ffffn),
  Number(bits & 0xffff_ffffn),
];

describe('a block of addresses', () => {
  it('contains the addresses whose first bits are its own, and no others', () => {
    // A far address alone would nearly never be inside: most are made by changing one bit.
    const change = fc.oneof(
      fc.nat(127).map((bit) => 1n << BigInt(bit)),
      fc.constant(0n),
      fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }),
    );
    fc.assert(
      fc.property(anyAddress, fc.nat(128), change, (address, prefix, difference) => {
        const other = toBits(address) ^ difference;
        const dropped = BigInt(128 - prefix);
        expect(blockContains({ address, prefix }, fromBits(other))).toBe(
          other >> dropped === toBits(address) >> dropped,
        );
      }),
      { numRuns: 500 },
    );
  });

  it('is read from an address and the number of bits that count', () => {
    fc.assert(
      fc.property(anyAddress, fc.nat(128), (address, bits) => {
        const length = isIPv4(address) ? bits % 33 : bits;
        const block = parseAddressBlock(`${formatAddress(address)}/${length}`);
        expect(block).toEqual({ address, prefix: isIPv4(address) ? 96 + length : length });
        expect(parseAddressBlock(formatAddress(address))).toEqual({ address, prefix: 128 });
      }),
    );
  });

  it.each([
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.1.2.3/8', '10.9.9.9', true],
    ['10.0.1.9', '10.0.1.9', true],
    ['10.0.1.9', '10.0.1.8', false],
    ['0.0.0.0/0', '255.255.255.255', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['::/0', '10.0.0.1', true],
    ['::ffff:0:0/96', '10.0.0.1', true],
    ['::ffff:10.0.0.0/104', '10.9.9.9', true],
    ['::ffff:10.0.0.0/104', '11.0.0.0', false],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::', false],
    ['fe80::/10', 'febf::1', true],
    ['fe80::/10', 'fec0::', false],
    ['*', '10.0.0.1', true],
    ['*', '::1', true],
  ])('%s with %s: %s', (block, address, contained) => {
    expect(blockContains(parseAddressBlock(block), parseAddress(address))).toBe(contained);
  });

  it('of any kind contains every address where it is *', () => {
    fc.assert(fc.property(anyAddress, (address) => blockContains(parseAddressBlock('*'), address)));
    fc.assert(fc.property(anyIPv4, (address) => blockContains(parseAddressBlock('0.0.0.0/0'), address)));
  });

  it.each([
    ...['', '/', '/8', '10.0.0.0/', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/8/8', '10.0.0.0/8.0', '10.0.0.0/ 8'],
    ...['10.0.0.0/1e1', '10.0.0.0/0x8', '::/129', '10/8', '10.0/16', '**', '*/0', '10.0.0.*', 'fe80::1%eth0', 'host'],
  ])('is refused where it is none: %j', (text) => {
    expect(() => parseAddressBlock(text)).toThrow(FourtupleError);
    expect(() => parseAddressBlock(text)).toThrow(
      expect.objectContaining({ code: 'FT_ADDRESS', message: expect.stringContaining(`'${text}'`) }),
    );
  });
});
