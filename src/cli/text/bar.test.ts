import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderBar } from './bar.ts';

const anyRatio = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1e-9, 0.5, 1 - 1e-9, 1));
const anyWidth = fc.integer({ min: 1, max: 40 });
const EIGHTHS = ' ▏▎▍▌▋▊▉█';

/** How many eighths of a character are filled. */
function filledEighths(bar: string): number {
  return [...bar].reduce((sum, character) => sum + Math.max(0, EIGHTHS.indexOf(character)), 0);
}

describe('a bar', () => {
  it('is as wide as it shall be, on every screen', () => {
    fc.assert(
      fc.property(anyRatio, anyWidth, fc.boolean(), (ratio, width, unicode) => {
        expect(renderBar(ratio, width, unicode)).toHaveLength(width);
      }),
    );
  });

  it('is of ASCII only where the screen has no more', () => {
    fc.assert(
      fc.property(anyRatio, anyWidth, (ratio, width) => {
        expect(renderBar(ratio, width, false)).toMatch(/^#*[.|]*$/);
      }),
    );
  });

  it('is full only where all is used, and empty only where nothing is', () => {
    fc.assert(
      fc.property(anyRatio, anyWidth, fc.boolean(), (ratio, width, unicode) => {
        const bar = renderBar(ratio, width, unicode);
        expect(bar === (unicode ? '█' : '#').repeat(width)).toBe(ratio === 1 || (!unicode && width === 1 && ratio > 0));
        expect(/^[.|░┊]*$/.test(bar)).toBe(ratio === 0);
      }),
    );
  });

  it('is filled in proportion, to within one step', () => {
    fc.assert(
      fc.property(anyRatio, anyWidth, (ratio, width) => {
        expect(Math.abs(filledEighths(renderBar(ratio, width, true)) - ratio * width * 8)).toBeLessThanOrEqual(1);
        const hashes = renderBar(ratio, width, false).replaceAll(/[^#]/g, '').length;
        expect(Math.abs(hashes - ratio * width)).toBeLessThanOrEqual(1.07);
      }),
    );
  });

  it.each([
    [0, 10, '░░░░░┊░░░░', '.....|....'],
    [0.2, 10, '██░░░┊░░░░', '##...|....'],
    [0.55, 10, '█████▌░░░░', '#####|....'],
    [0.7, 10, '███████░░░', '#######...'],
    [0.999, 10, '█████████▉', '#########.'],
    [1, 10, '██████████', '##########'],
    [0.25, 3, '▊░░', '#..'],
    [-1, 4, '░░┊░', '..|.'],
    [2, 4, '████', '####'],
  ])('has a mark at half, where the cliff is, until it is filled: %s of %s', (ratio, width, unicode, ascii) => {
    expect([renderBar(ratio, width, true), renderBar(ratio, width, false)]).toEqual([unicode, ascii]);
  });
});
