import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wrap } from './wrap.ts';

describe('wrap', () => {
  it('leaves a sentence that fits as it is', () => {
    expect(wrap('all is well', 11)).toBe('all is well');
  });

  it('breaks between words and indents what follows', () => {
    expect(wrap('all is not well here', 10)).toBe('all is not\n  well\n  here');
  });

  it('keeps the indentation that the text has', () => {
    expect(wrap('  all is not well', 10, '    ')).toBe('  all is\n    not\n    well');
  });

  it('loses no word, and makes no line too long but for a word that is', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(words, fc.integer({ min: 12, max: 60 }), (text, width) => {
        const lines = wrap(text.join(' '), width).split('\n');
        expect(lines.flatMap((line) => line.trim().split(' '))).toEqual(text);
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
      }),
    );
  });
});
