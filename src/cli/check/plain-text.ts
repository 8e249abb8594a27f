import { toAscii } from '../text/ascii.ts';

/**
 * A text as monitoring systems pass it on unharmed: one line of ASCII, in which Nagios finds nothing to cut out. It cuts out >,
 * which would run the two addresses of a lane into one.
 */
export function plainText(text: string): string {
  return oneLine(text.replace(/(?<=\S)>(?=\S)/g, ' to '));
}

/** One line of ASCII; a | would begin performance data. */
export function oneLine(text: string): string {
  return toAscii(text.replace(/[\p{Cc}\s]+/gu, ' ').replaceAll('|', '/')).trim();
}
