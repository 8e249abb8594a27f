import { describe, expect, it } from 'vitest';
import { formatRule, parseDestinationRules } from './destination-rule.ts';

describe('a rule of destinations', () => {
  it.each([
    ['10.0.1.9:8080', { address: '10.0.1.9', prefixLength: 32, port: 8080 }, '10.0.1.9:8080'],
    ['10.0.1.0/24:8080', { address: '10.0.1.0', prefixLength: 24, port: 8080 }, '10.0.1.0/24:8080'],
    ['10.0.1.9', { address: '10.0.1.9', prefixLength: 32, port: null }, '10.0.1.9'],
    ['10.0.1.9:*', { address: '10.0.1.9', prefixLength: 32, port: null }, '10.0.1.9'],
    ['0.0.0.0/0:443', { address: '0.0.0.0', prefixLength: 0, port: 443 }, '0.0.0.0/0:443'],
    ['::/0', { address: '::', prefixLength: 0, port: null }, '::/0'],
    ['[::/0]:443', { address: '::', prefixLength: 0, port: 443 }, '[::/0]:443'],
    ['[2001:DB8::9]:8080', { address: '2001:db8::9', prefixLength: 128, port: 8080 }, '[2001:db8::9]:8080'],
    ['[2001:db8::/64]:443', { address: '2001:db8::', prefixLength: 64, port: 443 }, '[2001:db8::/64]:443'],
    ['2001:db8::9', { address: '2001:db8::9', prefixLength: 128, port: null }, '2001:db8::9'],
    ['[::ffff:10.0.1.0/120]:80', { address: '10.0.1.0', prefixLength: 24, port: 80 }, '10.0.1.0/24:80'],
  ])('%s is read, and written in one way', (text, rule, written) => {
    expect(parseDestinationRules([text])).toEqual([rule]);
    expect(formatRule(rule)).toBe(written);
    expect(parseDestinationRules([written])).toEqual([rule]);
  });

  it('is one of several, in one text or in more', () => {
    const rules = parseDestinationRules(['10.0.1.9:80, 10.0.1.10:80', '[2001:db8::9]:80']);
    expect(rules.map(formatRule)).toEqual(['10.0.1.9:80', '10.0.1.10:80', '[2001:db8::9]:80']);
    expect(parseDestinationRules([])).toEqual([]);
  });

  it.each([
    ['', 'no destination is given'],
    ['10.0.1.9:80,,10.0.1.10:80', 'has nothing between two commas'],
    ['10.0.1.9:http', "'10.0.1.9:http' names no destination: 'http' is not a port"],
    ['10.0.1.9:80-83', "'80-83' is not a port"],
    ['10.0.1.9:0', "'0' is not a port"],
    ['backend:80', "'backend' is not an IP address"],
    ['10.0.1.9/24:80', "'10.0.1.9/24' is not a block: 10.0.1.9 is not its first address"],
    ['10.0.1.0/40:80', "'10.0.1.0/40' is not a block of addresses"],
    ['[fe80::9%eth0]:80', "'fe80::9%eth0' has a zone"],
    ['[fe80::%eth0/64]:80', 'has a zone'],
  ])('is refused by the part that is wrong: %j', (text, message) => {
    expect(() => parseDestinationRules([text])).toThrow(
      expect.objectContaining({ code: 'FT_ARGUMENT', message: expect.stringContaining(message) }),
    );
  });
});
