import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InodeTable } from './inode-table.ts';

const inode = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 0xffffffff }));

describe('a table of inodes', () => {
  it('numbers them in the order they come, each once', () => {
    fc.assert(
      fc.property(fc.array(inode, { maxLength: 3000 }), (inodes) => {
        const distinct = [...new Set(inodes)];
        const table = InodeTable.of(inodes);
        expect(table.size).toBe(distinct.length);
        expect(distinct.map((each) => table.numberOf(each))).toEqual(distinct.map((_, number) => number));
        expect([...table].sort()).toEqual(distinct.sort());
      }),
    );
  });

  it('does not hold what was not added, nor 0, which is no inode', () => {
    const table = InodeTable.of([5, 0, 5]);
    expect(table.size).toBe(1);
    expect(table.add(5)).toBe(false);
    expect(table.add(0)).toBe(false);
    expect([table.has(5), table.has(6), table.has(0)]).toEqual([true, false, false]);
    expect([table.numberOf(6), table.numberOf(0), new InodeTable().numberOf(0)]).toEqual([-1, -1, -1]);
  });

  it('holds the inodes that a busy machine gives out in a run', () => {
    const table = new InodeTable();
    for (let each = 1; each <= 300_000; each += 1) table.add(each * 2);
    expect(table.size).toBe(300_000);
    expect(table.numberOf(600_000)).toBe(299_999);
    expect(table.has(599_999)).toBe(false);
  });
});
