import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LANE_KEY_WORDS, LaneTable } from './lane-table.ts';

/** Few values for each word, so that keys repeat and differ in one word only. */
const anyKey = fc.tuple(
  ...Array.from({ length: LANE_KEY_WORDS }, () => fc.constantFrom(0, 1, 0xffff, 0x8000_0000, 0xffff_ffff)),
);
const anyKeys = fc.array(anyKey, { maxLength: 40 });

/** Enough lanes for the table to grow several times. */
const manyKeys = fc
  .tuple(fc.integer({ min: 200, max: 900 }), fc.nat(LANE_KEY_WORDS - 1), fc.integer({ min: 1, max: 0xffff }))
  .map(([count, word, step]) =>
    Array.from({ length: count }, (_, index) => {
      const key = new Array<number>(LANE_KEY_WORDS).fill(7);
      key[word] = (index * step) >>> 0;
      return key;
    }),
  );

function interned(keys: readonly (readonly number[])[]): { table: LaneTable; numbers: number[] } {
  const table = new LaneTable();
  // One array for all keys, as the scanner has it.
  const key = new Uint32Array(LANE_KEY_WORDS);
  const numbers = keys.map((words) => {
    key.set(words);
    return table.intern(key);
  });
  return { table, numbers };
}

function partsOf(table: LaneTable, lane: number): number[] {
  return [...table.source(lane), ...table.destination(lane), table.port(lane), table.interfaceIndex(lane)];
}

describe('a table of lanes', () => {
  it('numbers its lanes in the order of first sight, as a Map by their keys would', () => {
    fc.assert(
      fc.property(fc.oneof(anyKeys, manyKeys), fc.array(fc.nat(), { maxLength: 30 }), (keys, again) => {
        const all = [...keys, ...again.flatMap((index) => keys.slice(index % keys.length, (index % keys.length) + 1))];
        const { table, numbers } = interned(all);
        const model = new Map<string, number>();
        for (const key of all) if (!model.has(key.join())) model.set(key.join(), model.size);
        expect(numbers).toEqual(all.map((key) => model.get(key.join())));
        expect(table.size).toBe(model.size);
        const copied = new Uint32Array(LANE_KEY_WORDS);
        for (const [key, lane] of model) {
          expect(partsOf(table, lane).join()).toBe(key);
          table.copyKey(lane, copied);
          expect(copied.join()).toBe(key);
          expect(table.find(copied)).toBe(lane);
          copied[9] = 0x1234_5678;
          expect(table.find(copied)).toBe(-1);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('orders its lanes by source, destination, port and interface', () => {
    fc.assert(
      fc.property(anyKeys, (keys) => {
        const { table } = interned(keys);
        const lanes = Array.from({ length: table.size }, (_, lane) => lane).sort((a, b) => table.compare(a, b));
        const text = (words: readonly number[]): string =>
          words.map((word) => word.toString(16).padStart(8, '0')).join();
        const ordered = lanes.map((lane) => text(partsOf(table, lane)));
        expect(ordered).toEqual([...new Set(keys.map(text))].sort());
      }),
    );
  });
});
