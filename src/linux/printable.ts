// Cf too: a bidirectional override in a process's name would reorder the line that it is printed in.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Text that others chose (a process's name, a container's, a file's), safe to print on a terminal: every control and
 * formatting character is replaced by U+FFFD.
 */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '\ufffd');
}
