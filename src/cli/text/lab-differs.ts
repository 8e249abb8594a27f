import type { Screen } from './screen.ts';
import { style } from './style.ts';
import { wrap } from './wrap.ts';

const INDENT = '  ';
const WORD = 'DIFFERS';

/** A sentence about a prediction that fails, loudly. */
export function differsLine(sentence: string, screen: Screen): string {
  const text = wrap(`${INDENT}${WORD} ${sentence}`, screen.width, `${INDENT}  `);
  return INDENT + style(screen, 'red', WORD) + text.slice(INDENT.length + WORD.length);
}
