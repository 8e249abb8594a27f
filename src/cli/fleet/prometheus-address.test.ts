import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePrometheusAddress, withTokenOf } from './prometheus-address.ts';

describe('the address of a Prometheus', () => {
  it.each([
    ['http://localhost:9090', 'http://localhost:9090'],
    ['http://localhost:9090/', 'http://localhost:9090'],
    ['https://metrics.core/prometheus/', 'https://metrics.core/prometheus'],
    ['http://[2001:db8::9]:9090', 'http://[2001:db8::9]:9090'],
  ])('is %s', (text, url) => {
    expect(parsePrometheusAddress(text)).toEqual({ url, authorization: null });
  });

  it('keeps who asks apart', () => {
    expect(parsePrometheusAddress('https://ann:s%3Acret@metrics.core/x')).toEqual({
      url: 'https://metrics.core/x',
      authorization: `Basic ${Buffer.from('ann:s:cret').toString('base64')}`,
    });
  });

  it.each([
    ['localhost:9090', "'localhost:9090' is not the address of a Prometheus"],
    ['metrics.core', "'metrics.core' is not the address of a Prometheus"],
    ['ftp://ann:secret@metrics.core', "'ftp://…@metrics.core' is not the address of a Prometheus"],
    ['http://ann:secret@', "'http://…@' is not the address of a Prometheus"],
    ['http://metrics.core/?query=up', 'leave out what begins with ? or #'],
    ['http://ann:100%@metrics.core', 'a % that encodes nothing'],
  ])('is not %s', (text, message) => {
    expect(() => parsePrometheusAddress(text)).toThrow(message);
    expect(() => parsePrometheusAddress(text)).not.toThrow('secret');
  });
});

describe('a token', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'fourtuple-token-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const address = parsePrometheusAddress('http://localhost:9090');
  const holding = (text: string): string => {
    const file = join(folder, 'token');
    writeFileSync(file, text);
    return file;
  };

  it('is the one line of a file', () => {
    expect(withTokenOf(address, holding('abc.DEF-1=\n'))).toEqual({
      url: 'http://localhost:9090',
      authorization: 'Bearer abc.DEF-1=',
    });
  });

  it.each(['', ' \n', 'two\nlines', 'né', 'a\u0000b'])('is not %j, and is not told', (text) => {
    expect(() => withTokenOf(address, holding(text))).toThrow(/holds no token: one line of visible ASCII is expected$/);
  });

  it('is not read from a file that is not there, nor beside a user', () => {
    expect(() => withTokenOf(address, join(folder, 'none'))).toThrow('cannot be read: ENOENT');
    const withUser = parsePrometheusAddress('http://ann:secret@localhost:9090');
    expect(() => withTokenOf(withUser, holding('abc'))).toThrow('has a user already');
  });
});
