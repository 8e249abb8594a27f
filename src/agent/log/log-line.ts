import type { AgentEvent, Level } from '../agent-event.ts';

/** How lines are written. */
export interface LineFormat {
  readonly format: 'text' | 'json';
  /** Whether systemd's journal reads them, which keeps time and priority itself. */
  readonly isJournal: boolean;
}

/** `SD_ERR`, `SD_WARNING` and `SD_INFO` of sd-daemon(3), which the journal takes off the line. */
const PRIORITIES: Readonly<Record<Level, number>> = { error: 3, warning: 4, info: 6 };

/** PIPE_BUF: so much is never torn apart by what others write to the same pipe (pipe(7)). */
export const LONGEST_LINE = 4_096;
const LONGEST_MESSAGE = 1_000;
/** A character takes 6 bytes at most: so a line with a message and a subject of that length is not too long in any case. */
const SURELY_SHORT = 300;

/** An event as one line, with its end: at most {@link LONGEST_LINE} bytes, what is longer is cut. */
export function logLine(event: AgentEvent, at: Date, format: LineFormat): string {
  const whole = lineOf(event, LONGEST_MESSAGE, at, format);
  if (Buffer.byteLength(whole) <= LONGEST_LINE) return whole;
  return lineOf({ ...event, fields: undefined }, SURELY_SHORT, at, format);
}

function lineOf(event: AgentEvent, longest: number, at: Date, { format, isJournal }: LineFormat): string {
  const subject = event.subject === undefined ? undefined : shortened(event.subject, SURELY_SHORT);
  const short = { ...event, subject, message: shortened(event.message, longest) };
  const priority = isJournal ? `<${PRIORITIES[event.level]}>` : '';
  if (format === 'json') return `${priority}${escaped(jsonOf(short, at))}\n`;
  const time = isJournal ? '' : `${at.toISOString()} `;
  return `${priority}${time}${escaped(textOf(short))}\n`;
}

function textOf({ level, event, subject, message }: AgentEvent): string {
  return `${level} ${event}${subject === undefined ? '' : ` ${subject}`}: ${message}`;
}

function jsonOf({ level, event, subject, message, fields }: AgentEvent, at: Date): string {
  return JSON.stringify({ time: at.toISOString(), level, event, subject, message, fields });
}

function shortened(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** Names that others chose can hold a line's end, what a terminal obeys, or what turns a line's direction. */
function escaped(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
