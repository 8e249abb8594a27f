import { printable } from '../../linux/printable.ts';

const EXCERPT_LENGTH = 80;

/** The start of a text, at most 80 characters, safe to print in a message. */
export function excerpt(text: string): string {
  const start = [...printable(text.slice(0, EXCERPT_LENGTH * 2)).trimEnd()];
  return start.length <= EXCERPT_LENGTH ? start.join('') : `${start.slice(0, EXCERPT_LENGTH).join('')}…`;
}
