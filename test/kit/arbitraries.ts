import fc from 'fast-check';
import type { Address } from '../../src/tcp/address.ts';
import type { PortRange } from '../../src/tcp/port-range.ts';

/** Any TCP port, and the ends of what 16 bits hold more often than chance. */
export const anyPort: fc.Arbitrary<number> = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 65_535 }) },
  { weight: 1, arbitrary: fc.constantFrom(1, 31, 32, 33, 1023, 1024, 65_504, 65_535) },
);

/** Any range of ports, both ends included; narrow ones as often as wide ones. */
export const anyRange: fc.Arbitrary<PortRange> = fc
  .tuple(anyPort, fc.oneof(fc.nat(40), fc.nat(65_535)))
  .map(([low, more]) => ({ low, high: Math.min(65_535, low + more) }));

/** A word of an address: zero and all ones more often than chance, for runs of zeros are where texts differ. */
const word = fc.oneof(fc.constantFrom(0, 0xffff, 0xffff_ffff, 0x0001_0000), fc.integer({ min: 0, max: 0xffff_ffff }));

export const anyIPv4: fc.Arbitrary<Address> = fc
  .integer({ min: 0, max: 0xffff_ffff })
  .map((bits): Address => [0, 0, 0xffff, bits]);

export const anyIPv6: fc.Arbitrary<Address> = fc.tuple(word, word, word, word);

/** An address of either family. */
export const anyAddress: fc.Arbitrary<Address> = fc.oneof(anyIPv4, anyIPv6);
