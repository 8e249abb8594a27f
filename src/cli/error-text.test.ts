import { describe, expect, it } from 'vitest';
import { FourtupleError } from '../tcp/error.ts';
import { describeError } from './error-text.ts';

describe('an error as a person reads it', () => {
  it('says what happened, and what to do where that is known', () => {
    expect(describeError(new FourtupleError('FT_KERNEL', 'it is broken'))).toBe('fourtuple: it is broken');
    expect(describeError(new FourtupleError('FT_KERNEL', 'it is broken', { hint: 'Mend it.' }))).toBe(
      'fourtuple: it is broken\nMend it.',
    );
  });

  it('has its stack where it is a defect of the program', () => {
    const text = describeError(new TypeError('undefined is no function'));
    expect(text).toMatch(
      /^fourtuple: this is a defect of the program, please report it:\nTypeError: undefined is no function\n +at /,
    );
    expect(describeError('thrown')).toContain('please report it:\nthrown');
  });
});
