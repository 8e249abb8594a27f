import { describe, expect, it } from 'vitest';
import { mistakesOf } from '../../../test/kit/topology-mistakes.ts';
import { LONGEST_FILE, MOST_ALIASES } from './yaml-file.ts';

const TIERS = 'tiers:\n  - name: proxy\n    replicas: 2\n  - name: backend\n';
/** The tier's key stands in line 3, its value from column 5 plus the key on. */
const tierWith = (line: string): string => `tiers:\n  - name: proxy\n    ${line}\n  - name: backend\n`;

const WHOLE = 'a whole number from 1 on was expected';
const TIME = 'a time such as 50ms or 60s was expected';
const PORTS = 'a list of ports from 1 to 65535 such as 8080,9000-9003 was expected';

describe('a mistake in a topology file is told with its place', () => {
  it.each([
    ['a word for a number', tierWith('replicas: two'), `3:15: replicas is 'two', ${WHOLE}`],
    ['none of something', tierWith('replicas: 0'), `3:15: replicas is '0', ${WHOLE}`],
    ['less than none', tierWith('replicas: -1'), `3:15: replicas is '-1', ${WHOLE}`],
    ['half a host', tierWith('replicas: 1.5'), `3:15: replicas is '1.5', ${WHOLE}`],
    ['hexadecimal', tierWith('replicas: 0x10'), `3:15: replicas is '0x10', ${WHOLE}`],
    ['a list for a number', tierWith('replicas: [1]'), `3:15: replicas is a list, ${WHOLE}`],
    ['a mapping for a number', tierWith('replicas: { a: 1 }'), `3:15: replicas is a mapping, ${WHOLE}`],
    ['a key without value', tierWith('replicas:'), `3:5: replicas has no value, ${WHOLE}`],
    ['an empty text', tierWith('replicas: ""'), `3:15: replicas is '', ${WHOLE}`],
    ['a time for a number', tierWith('addresses: 2s'), `3:16: addresses is '2s', ${WHOLE}`],
    ['no address to connect from', tierWith('sourceAddresses: 0'), `3:22: sourceAddresses is '0', ${WHOLE}`],
    ['too many ports', tierWith('ports: 65536'), "3:12: ports is '65536', a whole number from 1 to 65535 was expected"],
    [
      'a range upside down',
      tierWith('range: 60999-32768'),
      "3:12: range is '60999-32768', a range such as 32768-60999, the lower port first, was expected",
    ],
    ['a port that does not exist', tierWith('reserved: 80,70000'), `3:15: reserved is '80,70000', ${PORTS}`],
    ['port 0', tierWith('listening: [80, 0]'), `3:21: listening is '0', ${PORTS}`],
    ['a list within a list', tierWith('listening: [[80]]'), `3:17: listening is a list, ${PORTS}`],
    [
      'yes for true',
      tierWith('boundBeforeConnect: yes'),
      "3:25: boundBeforeConnect is 'yes', true or false was expected",
    ],
    ['a time without unit', tierWith('timeWait: 60'), `3:15: timeWait is '60', ${TIME}`],
    ['a negative time', tierWith('timeWait: -1s'), `3:15: timeWait is '-1s', ${TIME}`],
    ['an unknown unit', tierWith('timeWait: 2 fortnights'), `3:15: timeWait is '2 fortnights', ${TIME}`],
    ['true for a time', tierWith('reuse: true'), "3:12: reuse is 'true', a time such as 1s, or false was expected"],
    ['a mistyped key', tierWith('replica: 2'), "3:5: 'replica' is no key of a tier, replicas was expected"],
    ['letters exchanged', tierWith('ragne: 1-2'), "3:5: 'ragne' is no key of a tier, range was expected"],
    [
      'a key in another style',
      tierWith('time_wait: 2s'),
      "3:5: 'time_wait' is no key of a tier, timeWait was expected",
    ],
    [
      'a key unlike any other',
      tierWith('colour: red'),
      "3:5: 'colour' is no key of a tier, one of name, replicas, addresses, sourceAddresses, ports, range, reserved, " +
        'listening, boundBeforeConnect, timeWait, reuse was expected',
    ],
    [
      'a key twice',
      tierWith('ports: 1\n    ports: 2'),
      '4:5: ports stands here again, first in line 3; once was expected',
    ],
    ['a tag', tierWith('replicas: !!int 2'), '3:15: here is a tag, a value without one was expected'],
    [
      'an alias of nothing',
      tierWith('replicas: *two'),
      '3:15: no anchor &two stands before this alias, one was expected',
    ],
    ['a tier without name', 'tiers:\n  - replicas: 2\n  - name: b', /^2:5: a tier has no name, a name of at most 100/],
    [
      'a name that moves the cursor',
      'tiers: [{ name: "a\\e[2J" }, { name: b }]',
      /^1:17: name is 'a\?\[2J', a name of/,
    ],
    ['a name with an arrow', 'tiers: [{ name: a → b }, { name: c }]', /^1:17: name is 'a → b', a name of/],
    [
      'a name twice',
      'tiers:\n  - name: a\n  - name: a',
      "3:11: a tier 'a' stands in line 2 already, another name was expected",
    ],
    [
      'a tier that is a word',
      'tiers:\n  - a\n  - name: b',
      /^2:5: here is 'a', a tier with name, replicas.* was expected$/,
    ],
    ['a tier that is empty', 'tiers:\n  - name: b\n  -\n', /^3:4: here is empty, a tier with name, .* was expected$/],
    ['one tier', 'tiers: [{ name: a }]', '1:8: tiers has 1, two tiers or more were expected'],
    ['no tier', 'tiers: []', '1:8: tiers has 0, two tiers or more were expected'],
    ['tiers as mapping', 'tiers: { a: 1 }', '1:8: tiers is a mapping, a list of two tiers or more was expected'],
    ['no tiers', 'traffic: []', '1:1: a topology has no tiers, a list of two tiers or more was expected'],
    ['a list at the top', '\n- a\n', '2:1: here is a list, a topology with tiers, traffic was expected'],
    ['a word at the top', 'tiers', "1:1: here is 'tiers', a topology with tiers, traffic was expected"],
    [
      'a key that is a list',
      `? [a]\n: 1\n${TIERS}`,
      '1:3: this is no key of a topology, one of tiers, traffic was expected',
    ],
    ['an empty file', '', '1:1: the file is empty, tiers were expected'],
    ['a file of comments', '# tiers\n\n', '1:1: the file is empty, tiers were expected'],
    ['two documents', `${TIERS}---\n${TIERS}`, '5:1: a second document begins here, one was expected'],
    ['a tab', 'tiers:\n  - name: a\n\treplicas: 1\n', /^3:1: here is a tab, spaces were expected$/],
    ['a bracket that stays open', 'tiers: [{ name: a }\n', /^2:1: no YAML: /],
    ['a quote that stays open', 'tiers: "a', /^1:10: no YAML: Missing closing "quote$/],
    ['a colon too many', 'tiers: a: b', /^1:8: no YAML: /],
    [
      'Latin-1',
      Buffer.from('tiers:\n# caf\xE9\n', 'latin1').toString('utf8'),
      '2:6: this is no text in UTF-8, which was expected',
    ],
    ['UTF-16', Buffer.from('tiers', 'utf16le').toString('utf8'), '1:2: this is no text in UTF-8, which was expected'],
    ['a mistake after wide characters', 'tiers: [{ name: "𝟙é" , ports: x }, { name: b }]', /^1:31: ports is 'x'/],
    ['a mistake after CRLF', 'tiers:\r\n  - name: a\r\n    ports: x\r\n  - name: b\r\n', /^3:12: ports is 'x'/],
  ] as [string, string, string | RegExp][])('%s', (_what, text, expected) => {
    const [first = 'no mistake'] = mistakesOf(text);
    expect(first).toMatch(/^proxy\.yaml:/);
    const mistake = first.slice('proxy.yaml:'.length);
    if (typeof expected === 'string') expect(mistake).toBe(expected);
    else expect(mistake).toMatch(expected);
  });

  it('tells ten of them, in the order of the file', () => {
    const keys = Array.from({ length: 12 }, (_, index) => `key${index}: 1`).join('\n    ');
    const mistakes = mistakesOf(`traffic: 1\n${tierWith(keys)}`);
    expect(mistakes).toHaveLength(11);
    expect(mistakes.map((line) => line.split(':')[1]).slice(0, 10)).toEqual(['1', ...lines(4, 12)]);
    expect(mistakes[10]).toBe('and more');
  });

  it('tells one that aliases repeat once', () => {
    const text = 'tiers: [{ name: a, ports: &p x }, { name: b, ports: *p }]';
    expect(mistakesOf(text)).toHaveLength(1);
  });

  it('shortens what it quotes', () => {
    const [mistake = ''] = mistakesOf(tierWith(`replicas: ${'9'.repeat(1_000)}x`));
    expect(mistake).toBe(`proxy.yaml:3:15: replicas is '${'9'.repeat(39)}…', ${WHOLE}`);
  });
});

describe('a file made to take long', () => {
  it('is refused where it is large', () => {
    const [mistake] = mistakesOf('# 10 MB\n'.repeat(1_250_000));
    expect(mistake).toBe('proxy.yaml:1:1: the file has 10,000,000 characters, at most 262,144 were expected');
  });

  it('may have as many characters as it says', () => {
    expect(mistakesOf(`${TIERS}#`.padEnd(LONGEST_FILE))).toEqual([]);
    expect(mistakesOf(`${TIERS}#`.padEnd(LONGEST_FILE + 1))).toHaveLength(1);
  });

  it('is refused where it lists many ports', () => {
    for (const list of [`[${'1-65535,'.repeat(625)}]`, `'${'1-65535,'.repeat(625)}'`]) {
      const expected = 'proxy.yaml:3:15: reserved takes 5,002 characters, at most 5,000 were expected';
      expect(mistakesOf(tierWith(`reserved: ${list}`))).toEqual([expected]);
      expect(mistakesOf(tierWith(`reserved: ${list.replace('1-65535,', '')}`))).toEqual([]);
    }
  });

  it('is refused where it is deep', () => {
    for (const text of ['['.repeat(5_000), '- '.repeat(5_000), '{a: '.repeat(5_000)]) {
      expect(mistakesOf(text).join()).toContain('nested too deeply');
    }
  });

  it('may have as many aliases as it says', () => {
    const text = (aliases: number): string =>
      `tiers: [{ name: a, listening: [&p 80${', *p'.repeat(aliases)}] }, { name: b }]`;
    expect(mistakesOf(text(MOST_ALIASES))).toEqual([]);
    expect(mistakesOf(text(MOST_ALIASES + 1))).toEqual([
      `proxy.yaml:1:${37 + 4 * MOST_ALIASES + 2}: more than ${MOST_ALIASES} aliases, at most so many were expected`,
    ]);
  });

  it('is refused where an alias contains itself', () => {
    expect(mistakesOf('tiers: &t [*t, { name: b }]')).toHaveLength(1);
    expect(mistakesOf('&t { tiers: *t }')).toHaveLength(1);
  });
});

function lines(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => String(from + index));
}
