import { describe, expect, it } from 'vitest';
import { parseDestinationRules } from './destination-rule.ts';
import type { Spread } from './spread.ts';
import { checkSpread } from './spread-check.ts';
import { parseSources } from './spread-source.ts';
import { parseSpread } from './spread-text.ts';

const sources = (from: string, ...to: string[]): Spread => ({
  kind: 'sources',
  sources: parseSources(from),
  to: parseDestinationRules(to),
});
const ADDRESS = { address: '10.0.0.5', prefixLength: 32 };
const RULE = { address: '10.0.1.9', prefixLength: 32, port: 8080 };

const refused = (spread: Spread, message: string): void =>
  expect(() => checkSpread(spread)).toThrow(expect.objectContaining({ code: 'FT_ARGUMENT', message }));

describe('a spread that can be done', () => {
  it.each([
    'sources 10.0.0.10-10.0.0.17 to 10.0.1.9:8080',
    'sources 10.0.0.5 to 10.0.1.9',
    'sources 10.0.0.5,2001:db8::5 to 10.0.1.9,2001:db8:1::9',
    'sources 10.0.0.5 to 0.0.0.0/0:443',
    'sources 10.0.0.5 to 10.0.0.0/24:443',
    'sources 10.0.0.5 to 10.0.1.9:80,10.0.1.9:81,10.0.1.0/24:82',
    'sources 10.0.0.5,2001:db8::5 to 0.0.0.0/0,::/0',
    'sources 2001:db8::/64 to [2001:db8:1::9]:443',
    'sources 2001:db8::/64 to 2001:db8::/32',
    'sources 127.0.0.2-127.0.0.9 to 127.0.0.1:8080',
    'from 10.0.1.9:8080 over 10.0.1.9:8080-8083,10.0.1.10:8080-8083',
    'from 10.0.1.9:8080 over 10.0.1.10:8080',
    'from [2001:db8::9]:80 over [2001:db8::9-2001:db8::c]:80',
  ])('%s', (text) => {
    expect(() => checkSpread(parseSpread(text))).not.toThrow();
  });
});

describe('a spread over sources is refused', () => {
  it('where nothing is given', () => {
    refused({ kind: 'sources', sources: [], to: [RULE] }, 'no source address is given');
    refused({ kind: 'sources', sources: [ADDRESS], to: [] }, 'no destination rule is given');
  });

  it('where too much is given', () => {
    const many = sources('10.0.0.0/24,10.0.2.0/29', '10.0.1.9');
    refused(many, '260 source addresses are more than the 256 that a spread can have');
    const rules = Array.from({ length: 33 }, (_, index) => `10.0.1.9:${index + 1}`);
    refused(sources('10.0.0.5', ...rules), '33 destination rules are more than the 32 that a spread can have');
  });

  it.each([
    ['0.0.0.0', '10.0.1.9', 'the source 0.0.0.0 is the unspecified address: it names no machine'],
    ['::', '2001:db8::9', 'the source :: is the unspecified address: it names no machine'],
    ['224.0.0.5', '10.0.1.9', 'the source 224.0.0.5 is multicast: a connection has one other end'],
    ['ff02::1', '2001:db8::9', 'the source ff02::1 is multicast: a connection has one other end'],
    ['ff02::/64', '2001:db8::9', 'the source ff02::/64 is multicast: a connection has one other end'],
    [
      '255.255.255.255',
      '10.0.1.9',
      'the source 255.255.255.255 is the broadcast address: a connection has one other end',
    ],
    ['fe80::5', '2001:db8::9', 'the source fe80::5 is link-local: it is of one link alone'],
    ['::/64', '2001:db8::9', 'the source ::/64 holds an address that is the unspecified address: it names no machine'],
    ['fe00::/8', '2001:db8::9', 'the source fe00::/8 holds an address that is link-local: it is of one link alone'],
    ['2001:db8::/64,2001:db8:1::5', '::/0', 'the source 2001:db8::/64 is a prefix, which must be the only source'],
    ['10.0.0.5', '0.0.0.0:80', 'the destination 0.0.0.0:80 is the unspecified address: it names no machine'],
    ['10.0.0.5', '239.0.0.0/8', 'the destination 239.0.0.0/8 is multicast: a connection has one other end'],
    ['2001:db8::5', '[fe80::/64]:80', 'the destination [fe80::/64]:80 is link-local: it is of one link alone'],
    ['10.0.0.5', '10.0.1.9:80,10.0.1.9:80', 'the destination 10.0.1.9:80 is given twice'],
    [
      '10.0.0.5',
      '10.0.1.9:80,10.0.1.0/24:80',
      'the destination 10.0.1.9:80 is inside 10.0.1.0/24:80: give one of them',
    ],
    ['10.0.0.5', '10.0.0.0/8,10.0.1.9:80', 'the destination 10.0.1.9:80 is inside 10.0.0.0/8: give one of them'],
    ['10.0.0.5', '10.0.1.9:80,10.0.1.9', 'the destination 10.0.1.9:80 is inside 10.0.1.9: give one of them'],
    [
      '10.0.0.5',
      '10.0.1.9,10.0.1.0/24:80',
      'the destinations 10.0.1.9 and 10.0.1.0/24:80 overlap: some connections are of both',
    ],
    ['10.0.0.5-10.0.0.7', '10.0.0.6:80', 'the destination 10.0.0.6:80 is itself a source'],
    ['127.0.0.1', '127.0.0.1:80', 'the destination 127.0.0.1:80 is itself a source'],
    ['2001:db8::/64', '2001:db8::9', 'the destination 2001:db8::9 is an address of the source 2001:db8::/64'],
    ['10.0.0.5,2001:db8::5', '10.0.1.9', 'the source 2001:db8::5 meets no destination: none is IPv6'],
    ['10.0.0.5', '10.0.1.9,[2001:db8::9]:80', 'the destination [2001:db8::9]:80 meets no source: none is IPv6'],
    ['10.0.0.5', '::/0', 'the source 10.0.0.5 meets no destination: none is IPv4'],
  ])('%s to %s', (from, to, message) => {
    refused(sources(from, to), message);
  });

  it('where it was not read from text, and says what no text can', () => {
    refused({ kind: 'sources', sources: [ADDRESS, ADDRESS], to: [RULE] }, 'the source 10.0.0.5 is given twice');
    const block = { address: '10.0.0.0', prefixLength: 24 };
    refused(
      { kind: 'sources', sources: [block], to: [RULE] },
      'the source 10.0.0.0/24 is an IPv4 block: each of its addresses is a source of its own',
    );
    refused(
      { kind: 'sources', sources: [ADDRESS], to: [{ ...RULE, port: 65_536 }] },
      'the destination 10.0.1.9:65536 has no port from 1 to 65535',
    );
  });
});

describe('a spread over destinations is refused', () => {
  const from = { address: '10.0.1.9', port: 80 };

  it('where nothing or too much is given', () => {
    refused({ kind: 'destinations', from, over: [] }, 'no destination to spread over is given');
    const over = Array.from({ length: 257 }, (_, index) => ({ address: '10.0.1.9', port: index + 1 }));
    const message = '257 destinations to spread over are more than the 256 that a spread can have';
    refused({ kind: 'destinations', from, over }, message);
  });

  it('where a destination is there twice, or is no port', () => {
    refused({ kind: 'destinations', from, over: [from, from] }, 'the destination 10.0.1.9:80 is given twice');
    const over = [from, { ...from, port: 0 }];
    refused({ kind: 'destinations', from, over }, 'the destination 10.0.1.9:0 has no port from 1 to 65535');
  });

  it.each([
    ['10.0.1.9:80', '10.0.1.9:80', '10.0.1.9:80 over 10.0.1.9:80 is no spread: it is the destination that there is'],
    [
      '10.0.1.9:80',
      '10.0.1.9:80,[2001:db8::9]:80',
      'the destination [2001:db8::9]:80 is not of the family of 10.0.1.9:80: a socket has one family',
    ],
    ['0.0.0.0:80', '10.0.1.9:80', 'the destination 0.0.0.0:80 is the unspecified address: it names no machine'],
    ['10.0.1.9:80', '224.0.0.1:80', 'the destination 224.0.0.1:80 is multicast: a connection has one other end'],
    ['[fe80::9]:80', '[fe80::a]:80', 'the destination [fe80::9]:80 is link-local: it is of one link alone'],
  ])('%s over %s', (asked, over, message) => {
    refused(parseSpread(`from ${asked} over ${over}`), message);
  });
});
