import { describe, expect, it } from 'vitest';
import { fitForScreen } from './fit-for-screen.ts';

const SCREEN = { width: 80, colour: false, unicode: true };

describe('what is fit for a screen', () => {
  it('moves no cursor, wherever it stands, and keeps lines and numbers', () => {
    const value = { text: 'a\u001b[2Jb\u0007\nc\td\u202ee', list: ['\r', 1, null, true], empty: null };
    expect(fitForScreen(value, SCREEN)).toEqual({
      text: 'a\ufffd[2Jb\ufffd\nc d\ufffde',
      list: ['\ufffd', 1, null, true],
      empty: null,
    });
  });

  it('is ASCII where the screen shows nothing else', () => {
    expect(fitForScreen(['1 − 2 µs\n→ é'], { ...SCREEN, unicode: false })).toEqual(['1 - 2 us\n-> ?']);
  });
});
