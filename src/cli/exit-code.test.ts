import { ExitCode } from '@stricli/core';
import { describe, expect, it } from 'vitest';
import { processExitCode } from './exit-code.ts';

describe('what a shell sees', () => {
  it.each([
    [undefined, 0],
    [null, 0],
    [0, 0],
    [1, 1],
    [3, 3],
    ['1', 1],
    [ExitCode.Success, 0],
    [ExitCode.CommandRunError, 1],
    [ExitCode.InvalidArgument, 2],
    [ExitCode.UnknownCommand, 2],
    [ExitCode.CommandLoadError, 1],
    [ExitCode.ContextLoadError, 1],
    [ExitCode.InternalError, 1],
  ])('of %s is %i', (code, seen) => expect(processExitCode(code)).toBe(seen));
});
