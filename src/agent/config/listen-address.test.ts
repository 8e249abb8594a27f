import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseListenAddress } from './listen-address.ts';

describe('an address to listen on', () => {
  it.each([
    ['127.0.0.1:10404', '127.0.0.1', 10_404],
    ['[::1]:10404', '::1', 10_404],
    [':8080', '::', 8_080],
    ['localhost', 'localhost', 10_404],
    ['LocalHost:1', 'localhost', 1],
    ['10.0.0.5', '10.0.0.5', 10_404],
    ['::1', '::1', 10_404],
    ['[2001:db8::9]', '2001:db8::9', 10_404],
    ['proxy-1.example.com:0', 'proxy-1.example.com', 0],
    ['fe80::1%eth0', 'fe80::1%eth0', 10_404],
  ])('%s', (text, host, port) => {
    expect(parseListenAddress(text)).toEqual({ host, port });
  });

  it.each([
    '',
    ':',
    '10404',
    'host:',
    'host:65536',
    'host:-1',
    'host:1e3',
    'a b:1',
    '127.0.0.1:1:2',
    '[127.0.0.1]:1',
    '[::1]x',
    '::1:10404x',
    '256.0.0.1:1',
    '127.1:1',
    '-a:1',
    'http://a:1',
    `${'a'.repeat(64)}:1`,
    'a\nb:1',
    '*:1',
  ])('is not %j', (text) => {
    expect(parseListenAddress(text)).toBeUndefined();
  });

  it('has a port that a socket can have, and a host that can be asked for, whatever is written', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'a1.:[]-%0'), maxLength: 12 }), (text) => {
        const read = parseListenAddress(text);
        if (read === undefined) return;
        expect(read.port).toBeGreaterThanOrEqual(0);
        expect(read.port).toBeLessThanOrEqual(65_535);
        expect(read.host).toMatch(/^[\da-z:.%-]+$/);
      }),
    );
  });
});
