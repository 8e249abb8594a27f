import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable } from './printable.ts';

describe('printable text', () => {
  it('has nothing that moves a terminal’s cursor or reorders a line', () => {
    expect(printable('\u001b[31mred\u0007\u202e\u009b\u2028')).toBe('\ufffd[31mred\ufffd\ufffd\ufffd\ufffd');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(printable(printable(text))).toBe(printable(text));
      }),
    );
  });

  it('is left as it is', () => {
    expect(printable('nginx: worker – größe 网关')).toBe('nginx: worker – größe 网关');
  });
});
