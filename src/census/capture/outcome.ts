import { excerpt } from '../../linux/printable.ts';
import { FourtupleError } from '../../tcp/error.ts';
import { type Line, lineText } from './lines.ts';

/** What was wrong with a line. */
export interface Complaint {
  /** Completes `line 812 …`. */
  readonly what: string;
  readonly consequence: 'left out' | 'kept without its owners';
}

/** undefined: nothing is wrong with the line, whether it holds a socket or not. */
export type Outcome = Complaint | undefined;

export const CUT: Complaint = { what: 'is cut', consequence: 'left out' };
const NOT_UNDERSTOOD: Complaint = { what: 'is not understood', consequence: 'left out' };
export const REPEATED: Complaint = { what: 'repeats the connection of an earlier line', consequence: 'left out' };

/** What to say about a line that is no socket's: one that lacks its end is most likely a piece of one. */
export function unreadable(line: Line): Complaint {
  return line.terminated ? NOT_UNDERSTOOD : CUT;
}

const MOST_BYTES = 400;

/** The start of a line, safe to show. */
export function lineExcerpt(line: Line): string {
  return excerpt(lineText(line, line.start, MOST_BYTES));
}

/** The error for names in place of numbers: what is left out then would be whole services, not a line or two. */
export function namesInsteadOfNumbers(line: Line, name: string, tool: string): FourtupleError {
  return new FourtupleError(
    'FT_CAPTURE',
    `${name}: line ${line.number} has names in place of numeric addresses and ports: '${lineExcerpt(line)}'`,
    { hint: `Take the capture with -n: ${tool}.` },
  );
}
