import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyAddress } from '../../test/kit/arbitraries.ts';
import { formatAddress, parseAddress, sameAddress } from './address.ts';
import { followsAddress, formatAddressRange, nextAddress, parseAddressRange } from './address-range.ts';

describe('a range of addresses', () => {
  it.each([
    ['10.0.0.10', ['10.0.0.10']],
    ['10.0.0.254-10.0.1.1', ['10.0.0.254', '10.0.0.255', '10.0.1.0', '10.0.1.1']],
    ['10.0.0.10 - 10.0.0.11', ['10.0.0.10', '10.0.0.11']],
    ['::ffff:10.0.0.1-10.0.0.2', ['10.0.0.1', '10.0.0.2']],
    ['2001:db8::ffff-2001:DB8::1:0', ['2001:db8::ffff', '2001:db8::1:0']],
    ['2001:db8:0:0:ffff:ffff:ffff:ffff-2001:db8:0:1::', ['2001:db8::ffff:ffff:ffff:ffff', '2001:db8:0:1::']],
  ])('%s is each of its addresses', (text, addresses) => {
    expect(parseAddressRange(text).map(formatAddress)).toEqual(addresses);
  });

  it('is read back from what is written', () => {
    fc.assert(
      fc.property(anyAddress, fc.integer({ min: 1, max: 256 }), (first, count) => {
        const addresses = [first];
        while (addresses.length < count) {
          const last = addresses.at(-1) as typeof first;
          if (!followsAddress(last, nextAddress(last))) break;
          addresses.push(nextAddress(last));
        }
        expect(parseAddressRange(formatAddressRange(first, addresses.at(-1) as typeof first))).toEqual(addresses);
      }),
    );
  });

  it('ends with its family', () => {
    expect(followsAddress(parseAddress('255.255.255.255'), nextAddress(parseAddress('255.255.255.255')))).toBe(false);
    expect(followsAddress(parseAddress('10.0.0.1'), parseAddress('10.0.0.3'))).toBe(false);
    expect(sameAddress(nextAddress(parseAddress('ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff')), parseAddress('::'))).toBe(
      true,
    );
  });

  it.each([
    ['10.0.0.17-10.0.0.10', "'10.0.0.17-10.0.0.10' is not a range of addresses: it is upside down"],
    ['10.0.0.1-10.0.0.2-10.0.0.3', 'it has more than one -'],
    ['10.0.0.1-2001:db8::1', 'one end is IPv4, the other IPv6'],
    ['10.0.0.1-17', "'17' is not an IP address"],
    ['10.0.0.1-', "'' is not an IP address"],
    ['proxy', "'proxy' is not an IP address"],
    ['fe80::1%eth0', "'fe80::1%eth0' has a zone"],
    ['10.0.0.0-10.0.1.0', "'10.0.0.0-10.0.1.0' has more than 256 addresses"],
    ['::-ffff::', "'::-ffff::' has more than 256 addresses"],
  ])('is refused by the part that is wrong: %j', (text, message) => {
    expect(() => parseAddressRange(text)).toThrow(
      expect.objectContaining({ code: 'FT_ARGUMENT', message: expect.stringContaining(message) }),
    );
  });
});
