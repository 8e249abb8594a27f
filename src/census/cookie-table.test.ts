import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CookieTable } from './cookie-table.ts';

const word = fc.oneof(fc.nat({ max: 0xffff_ffff }), fc.nat({ max: 3 }));

describe('the table of cookies', () => {
  it('knows what a map knows', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(word, word, fc.nat({ max: 1_000 })), { maxLength: 3_000 }), (entries) => {
        const table = new CookieTable(10_000);
        const map = new Map<string, number>();
        for (const [low, high, value] of entries) {
          table.set(low, high, value);
          map.set(`${low} ${high}`, value);
        }
        expect(table.size).toBe(map.size);
        for (const [low, high] of entries) expect(table.get(low, high)).toBe(map.get(`${low} ${high}`));
        expect(table.get(0xdead_beef, 0xdead_beef)).toBe(map.get(`${0xdead_beef} ${0xdead_beef}`) ?? -1);
      }),
    );
  });

  it('takes in no more than it may, and still changes what it has', () => {
    const table = new CookieTable(2);
    table.set(1, 0, 7);
    table.set(2, 0, 7);
    table.set(3, 0, 7);
    table.set(2, 0, 8);
    expect([table.get(1, 0), table.get(2, 0), table.get(3, 0)]).toEqual([7, 8, -1]);
  });
});
