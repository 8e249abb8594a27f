import { describe, expect, it } from 'vitest';
import { splitEndpoint, tryParsePort } from './endpoint-text.ts';

describe('an endpoint', () => {
  it.each([
    ['10.0.1.9:8080', '10.0.1.9', '8080'],
    ['10.0.1.9', '10.0.1.9', null],
    ['10.0.1.0/24:*', '10.0.1.0/24', '*'],
    ['10.0.1.9:', '10.0.1.9', ''],
    [':8080', '', '8080'],
    ['[2001:db8::9]:8080-8083', '2001:db8::9', '8080-8083'],
    ['[2001:db8::/32]', '2001:db8::/32', null],
    ['2001:db8::9', '2001:db8::9', null],
    ['[]:80', '[]', '80'],
    ['[::1]x', '[::1]x', null],
  ])('%j is taken apart into %j and %j', (text, host, port) => {
    expect(splitEndpoint(text)).toEqual({ host, port });
  });

  it('has a port from 1 to 65535', () => {
    expect(['1', '8080', '65535'].map(tryParsePort)).toEqual([1, 8080, 65_535]);
  });

  it.each(['0', '65536', '-1', '', 'http', '80 80', '8e1', '008080'])('has no port in %j', (text) => {
    expect(tryParsePort(text)).toBeUndefined();
  });
});
