import { describe, expect, it } from 'vitest';
import { DARK, LIGHT, STYLE } from './style.ts';

/** WCAG 2.2, "relative luminance". */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [lighter = 0, darker = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}

describe('the style of the page', () => {
  it.each(Object.entries({ light: LIGHT, dark: DARK }))('has enough contrast where it is %s', (_, colours) => {
    const low = Object.entries(colours).filter(
      ([name, colour]) => name !== 'background' && contrast(colour, colours.background) < 4.5,
    );
    expect(low).toEqual([]);
  });

  it('uses no variable that it does not set', () => {
    const set = new Set([...STYLE.matchAll(/(--[a-z]+):/g)].map(([, name]) => name));
    const used = new Set([...STYLE.matchAll(/var\((--[a-z]+)\)/g)].map(([, name]) => name));
    expect([...used].filter((name) => !set.has(name))).toEqual([]);
  });
});
