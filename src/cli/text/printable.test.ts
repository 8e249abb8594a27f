import { describe, expect, it } from 'vitest';
import { printable } from './printable.ts';

const SCREEN = { width: 80, colour: false, unicode: true };

describe('what is printable', () => {
  it('moves no cursor, wherever it stands, and keeps lines and numbers', () => {
    const value = { text: 'a\u001b[2Jb\u0007\nc\td\u202ee', list: ['\r', 1, null, true], empty: null };
    expect(printable(value, SCREEN)).toEqual({
      text: 'a\ufffd[2Jb\ufffd\nc d\ufffde',
      list: ['\ufffd', 1, null, true],
      empty: null,
    });
  });

  it('is ASCII where the screen shows nothing else', () => {
    expect(printable(['1 − 2 µs\n→ é'], { ...SCREEN, unicode: false })).toEqual(['1 - 2 us\n-> ?']);
  });
});
