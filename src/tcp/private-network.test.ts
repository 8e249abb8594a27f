import { describe, expect, it } from 'vitest';
import { parseAddress } from './address.ts';
import { isPrivate } from './private-network.ts';

/** The first and the last address of each block, and the ones before and behind it. */
const BLOCKS: readonly (readonly [first: string, last: string, before: string, behind: string])[] = [
  ['10.0.0.0', '10.255.255.255', '9.255.255.255', '11.0.0.0'],
  ['172.16.0.0', '172.31.255.255', '172.15.255.255', '172.32.0.0'],
  ['192.168.0.0', '192.168.255.255', '192.167.255.255', '192.169.0.0'],
  ['100.64.0.0', '100.127.255.255', '100.63.255.255', '100.128.0.0'],
  ['169.254.0.0', '169.254.255.255', '169.253.255.255', '169.255.0.0'],
  ['127.0.0.0', '127.255.255.255', '126.255.255.255', '128.0.0.0'],
  ['fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fe00::'],
  ['fe80::', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fec0::'],
  ['::1', '::1', '::', '::2'],
];

describe('a private network', () => {
  it.each(BLOCKS)('is that from %s to %s', (first, last, before, behind) => {
    expect([first, last, before, behind].map((text) => isPrivate(parseAddress(text)))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('has the same IPv4 addresses where they are mapped to IPv6', () => {
    expect(isPrivate(parseAddress('::ffff:10.1.2.3'))).toBe(true);
    expect(isPrivate(parseAddress('::ffff:203.0.113.9'))).toBe(false);
  });
});
