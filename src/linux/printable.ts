// Cf too: a bidirectional override in a process's name would reorder the line that it is printed in.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Text that others chose (a process's name, a container's, a file's), safe to print on a terminal: every control and
 * formatting character is replaced by U+FFFD.
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '\ufffd');
}

const EXCERPT_LENGTH = 80;

/** The start of a text, at most 80 characters, safe to print in a message. */
export function excerpt(text: string): string {
  const start = [...printable(text.slice(0, EXCERPT_LENGTH * 2)).trimEnd()];
  return start.length <= EXCERPT_LENGTH ? start.join('') : `${start.slice(0, EXCERPT_LENGTH).join('')}…`;
}
