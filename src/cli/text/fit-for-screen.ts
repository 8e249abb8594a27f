import { printable } from '../../linux/printable.ts';
import { toAscii } from './ascii.ts';
import type { Screen } from './screen.ts';

/**
 * The same value, its texts fit for a screen: other programs have written some of them. Lines stay lines. For a screen of
 * ASCII they are turned before lines are broken: some become longer.
 */
export function fitForScreen<T>(value: T, screen: Screen): T {
  if (typeof value === 'string') return textFor(value, screen) as T;
  if (Array.isArray(value)) return value.map((one: unknown) => fitForScreen(one, screen)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, one]: [string, unknown]) => [key, fitForScreen(one, screen)]);
  return Object.fromEntries(entries) as T;
}

function textFor(text: string, { unicode }: Screen): string {
  const clean = text.replaceAll('\t', ' ').split('\n').map(printable).join('\n');
  return unicode ? clean : toAscii(clean);
}
