import type { ApplicationContext } from '@stricli/core';
import { describe, expect, it } from 'vitest';
import { FourtupleError } from '../tcp/error.ts';
import { unknownOnDefect } from './run-plugin.ts';

describe('a plugin that fails where nobody waits for it', () => {
  it.each([
    [
      new FourtupleError('FT_KERNEL', 'no sock_diag', { hint: 'Load tcp_diag.' }),
      'no sock_diag. Load tcp_diag.',
      false,
    ],
    [
      new TypeError('no | here\n    at one (a.js:1)'),
      'this is a defect of the program, please report it: TypeError: no / here',
      true,
    ],
  ])('is UNKNOWN, with the reason in one line, and a stack for whoever looks: %s', (failure, reason, hasStack) => {
    const [out, error, codes]: [string[], string[], number[]] = [[], [], []];
    const process: ApplicationContext['process'] = {
      stdout: { write: (text) => void out.push(text) },
      stderr: { write: (text) => void error.push(text) },
    };
    unknownOnDefect(process, (code) => void codes.push(code))(failure);
    expect({ out, codes }).toEqual({ out: [`FOURTUPLE UNKNOWN - ${reason}\n`], codes: [3] });
    expect(error.join('').includes('    at ')).toBe(hasStack);
  });
});
