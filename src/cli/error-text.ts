import { FourtupleError } from '../tcp/error.ts';

/** An error as a person reads it: what happened, then what to do. A defect of the program keeps its stack. */
export function describeError(error: unknown): string {
  if (error instanceof FourtupleError) {
    return `fourtuple: ${error.message}${error.hint === undefined ? '' : `\n${error.hint}`}`;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `fourtuple: this is a defect of the program, please report it:\n${stack}`;
}
