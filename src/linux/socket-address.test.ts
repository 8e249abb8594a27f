import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeSocketAddress as encodeByLibc } from '../../test/kit/socket-address.ts';
import { formatAddress, ipv4 } from '../tcp/address.ts';
import { encodeSocketAddress } from './socket-address.ts';

const word = fc.integer({ min: 0, max: 0xffff_ffff });
const port = fc.integer({ min: 0, max: 65_535 });

describe('a socket address', () => {
  it('of IPv4 is what the C library makes of its text', () => {
    fc.assert(
      fc.property(word, port, (bits, number) => {
        const address = ipv4(bits);
        expect(encodeSocketAddress(address, number)).toEqual(encodeByLibc(formatAddress(address), number));
      }),
    );
  });

  it('of IPv6 is what the C library makes of its text', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 0xffff_ffff }), word, word, word, port, (a, b, c, d, number) => {
        const address = [a, b, c, d] as const;
        expect(encodeSocketAddress(address, number)).toEqual(encodeByLibc(formatAddress(address), number));
      }),
    );
  });

  it('of IPv6 names its interface last, and nothing else changes', () => {
    const [without, scoped] = [0, 0x01020304].map((scope) => encodeSocketAddress([0xfe80_0000, 0, 0, 1], 80, scope));
    expect(scoped?.subarray(24)).toEqual(Uint8Array.of(4, 3, 2, 1));
    expect(scoped?.subarray(0, 24)).toEqual(without?.subarray(0, 24));
  });
});
