import { describe, expect, it } from 'vitest';
import { formatSources, parseSources } from './spread-source.ts';

describe('sources', () => {
  it.each([
    ['10.0.0.10-10.0.0.12,10.0.1.4', ['10.0.0.10', '10.0.0.11', '10.0.0.12', '10.0.1.4']],
    ['10.0.0.8/30', ['10.0.0.9', '10.0.0.10']],
    ['10.0.0.8/31', ['10.0.0.8', '10.0.0.9']],
    ['10.0.0.9/32', ['10.0.0.9']],
    ['::ffff:10.0.0.8/126', ['10.0.0.9', '10.0.0.10']],
    ['2001:db8::10-2001:db8::11', ['2001:db8::10', '2001:db8::11']],
  ])('%s are each of them', (text, addresses) => {
    const prefixLength = text.startsWith('2001') ? 128 : 32;
    expect(parseSources(text)).toEqual(addresses.map((address) => ({ address, prefixLength })));
  });

  it('of an IPv6 prefix stay one', () => {
    expect(parseSources('2001:DB8:0::/64')).toEqual([{ address: '2001:db8::', prefixLength: 64 }]);
    expect(parseSources('2001:db8::5/128')).toEqual([{ address: '2001:db8::5', prefixLength: 128 }]);
  });

  it('of an IPv4 block of a whole network are all but its first and last', () => {
    const sources = parseSources('10.0.0.0/24');
    expect(sources).toHaveLength(254);
    expect(formatSources(sources)).toBe('10.0.0.1-10.0.0.254');
  });

  it.each([
    ['10.0.0.10,10.0.0.11,10.0.0.13,10.0.0.12', '10.0.0.10-10.0.0.11,10.0.0.13,10.0.0.12'],
    ['10.0.0.0/28', '10.0.0.1-10.0.0.14'],
    ['2001:db8::/64', '2001:db8::/64'],
    ['2001:db8::5/128,2001:db8::6', '2001:db8::5-2001:db8::6'],
    ['255.255.255.254,0.0.0.0', '255.255.255.254,0.0.0.0'],
  ])('%s are written as %s', (text, written) => {
    expect(formatSources(parseSources(text))).toBe(written);
    expect(parseSources(written)).toEqual(parseSources(text));
  });

  it.each([
    ['', 'no source address is given'],
    [' , ', 'has nothing between two commas, or at an end'],
    [
      '10.0.0.10-10.0.0.17,10.0.0.15-10.0.0.20',
      "'10.0.0.10-10.0.0.17' and '10.0.0.15-10.0.0.20' overlap: both have 10.0.0.15",
    ],
    ['10.0.0.0/29,10.0.0.6', "'10.0.0.0/29' and '10.0.0.6' overlap: both have 10.0.0.6"],
    ['10.0.0.5,10.0.0.5', "'10.0.0.5' is given twice"],
    ['2001:db8::/64,2001:db8::/64', "'2001:db8::/64' is given twice"],
    ['10.0.0.10/24', "'10.0.0.10/24' is not a block: 10.0.0.10 is not its first address"],
    ['2001:db8::5/64', "'2001:db8::5/64' is not a block: 2001:db8::5 is not its first address"],
    ['10.0.0.0/33', "'10.0.0.0/33' is not a block of addresses"],
    ['10.0.0.0/', "'10.0.0.0/' is not a block of addresses"],
    ['10.0.0.0/28-10.0.1.0/28', "'10.0.0.0/28-10.0.1.0/28' is not a block of addresses"],
    ['10.0.0.0/8', "'10.0.0.0/8' has more than 256 addresses"],
    ['0.0.0.0/0', "'0.0.0.0/0' has more than 256 addresses"],
    ['*', "'*' is not an IP address"],
    ['eth0', "'eth0' is not an IP address"],
    ['fe80::1%eth0', "'fe80::1%eth0' has a zone: a link-local address is of one link alone"],
    ['fe80::%eth0/64', "'fe80::%eth0/64' has a zone"],
  ])('are refused by the part that is wrong: %j', (text, message) => {
    expect(() => parseSources(text)).toThrow(
      expect.objectContaining({ code: 'FT_ARGUMENT', message: expect.stringContaining(message) }),
    );
  });
});
