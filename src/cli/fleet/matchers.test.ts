import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMatchers } from './matchers.ts';

describe('label matchers', () => {
  it.each([
    ['job="proxies"', ['job="proxies"']],
    [' {job="proxies", dc=~"eu|us",} ', ['job="proxies"', 'dc=~"eu|us"']],
    [`job!='a', name!~\`x{1,2}\``, ["job!='a'", 'name!~`x{1,2}`']],
    ['team="a\\"b}"', ['team="a\\"b}"']],
    ['job = "" ', ['job=""']],
  ])('are %s', (text, matchers) => {
    expect(parseMatchers(text)).toEqual(matchers);
  });

  it.each([
    '',
    '{}',
    'job',
    'job=proxies',
    'job="a" dc="b"',
    'job="a"} or up{x="y"',
    'job="a\n"',
    '1job="a"',
    ',job="a"',
  ])('are not %j', (text) => {
    expect(() => parseMatchers(text)).toThrow('is no list of label matchers');
  });

  it.each(['source="10.0.0.5"', 'job="a", port="8080"', '__name__="up"', 'namespace="web"'])(
    'are of machines, not of lanes: %s',
    (text) => {
      expect(() => parseMatchers(text)).toThrow('tells lanes apart, not machines');
    },
  );

  it('give back any value that is written as JSON, and end nothing early', () => {
    const label = fc.stringMatching(/^[a-z][a-z_0-9]{0,8}$/).filter((name) => !/^(source|port)$/.test(name));
    fc.assert(
      fc.property(fc.array(fc.tuple(label, fc.string()), { minLength: 1, maxLength: 4 }), (pairs) => {
        const matchers = pairs.map(([name, value]) => `${name}=${JSON.stringify(value)}`);
        expect(parseMatchers(matchers.join(','))).toEqual(matchers);
      }),
    );
  });
});
