import { ExitCode } from '@stricli/core';

/** What a shell sees: 0 done, 1 failed, 2 wrong use. */
export const FAILED = 1;
export const WRONG_USE = 2;

/** Stricli tells its own failures by negative numbers, which a shell would see as 251 and 252. */
export function processExitCode(code: number | string | null | undefined): number {
  const number = Number(code ?? 0);
  if (number === ExitCode.UnknownCommand || number === ExitCode.InvalidArgument) return WRONG_USE;
  return number < 0 ? FAILED : number;
}
