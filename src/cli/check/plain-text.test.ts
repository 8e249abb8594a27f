import { describe, expect, it } from 'vitest';
import { oneLine, plainText } from './plain-text.ts';

describe('a text for monitoring systems', () => {
  it.each([
    ['10.0.0.5>10.0.1.9:8080 is full', '10.0.0.5 to 10.0.1.9:8080 is full'],
    ['2001:db8::5>[2001:db8::9]:443', '2001:db8::5 to [2001:db8::9]:443'],
    ['(a|b 811)', '(a/b 811)'],
    ['one\ntwo\u001b[31m\tthree ', 'one two [31m three'],
    ['2 → 1, 3 ± 1 …', '2 -> 1, 3 +/- 1 ...'],
    ['naïve', 'na?ve'],
    ['Nobody’s', "Nobody's"],
    ['2 > 1', '2 > 1'],
  ])('%j becomes %j', (text, plain) => expect(plainText(text)).toBe(plain));

  it('keeps > where it is to be typed', () => {
    expect(oneLine("write\n'10.0.0.5>10.0.1.9:8080' | …")).toBe("write '10.0.0.5>10.0.1.9:8080' / ...");
  });
});
