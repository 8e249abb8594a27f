/** From here on are the scripts whose characters are about twice as wide as Latin letters. */
const WIDE_FROM = 0x1100;

/** Shortens text that would run out of its place; the whole text then belongs into a title or a table. */
export function shorten(text: string, letters: number): string {
  if (widthOf(text) <= letters) return text;
  let short = '';
  for (const character of text) {
    if (widthOf(short + character) > letters - 1) break;
    short += character;
  }
  return `${short.trimEnd()}…`;
}

/** Breaks text between words into lines; what does not fit into the last one is cut off, with an ellipsis. */
export function wrap(text: string, letters: number, mostLines: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    const together = last === undefined ? word : `${last} ${word}`;
    const fits = last !== undefined && (widthOf(together) <= letters || lines.length === mostLines);
    if (fits) lines[lines.length - 1] = together;
    else lines.push(word);
  }
  return lines.map((line) => shorten(line, letters));
}

/** In letters of the Latin alphabet, about. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += (character.codePointAt(0) ?? 0) >= WIDE_FROM ? 2 : 1;
  return width;
}
