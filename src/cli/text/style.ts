import { styleText } from 'node:util';
import type { Screen } from './screen.ts';

type Format = 'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'cyan';

/** Colours text where the screen has colours. */
export function style(screen: Screen, format: Format, text: string): string {
  return screen.colour ? styleText(format, text, { validateStream: false }) : text;
}
