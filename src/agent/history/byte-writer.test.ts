import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';

const count = fc.oneof(
  fc.nat(),
  fc.maxSafeNat().map((value) => Math.floor(value / 4)),
);

describe('whole numbers in bytes', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(count, fc.option(count), fc.boolean())), (values) => {
        const writer = new ByteWriter();
        for (const [value, orNull, isNegative] of values) {
          writer.count(value);
          writer.countOrNull(orNull);
          writer.signed(isNegative ? -value : value);
        }
        const reader = new ByteReader(writer.written.slice());
        for (const [value, orNull, isNegative] of values) {
          expect([reader.count(), reader.countOrNull()]).toEqual([value, orNull]);
          expect(reader.signed() + 0).toBe(isNegative && value !== 0 ? -value : value);
        }
        expect(reader.position).toBe(writer.length);
      }),
    );
  });

  it('take a byte up to 127, and two up to 16,383', () => {
    const lengthOf = (value: number): number => {
      const writer = new ByteWriter();
      writer.count(value);
      return writer.length;
    };
    expect([0, 127, 128, 16_383, 16_384].map(lengthOf)).toEqual([1, 1, 2, 2, 3]);
  });

  it('of bytes that end, or are no number, are an error', () => {
    for (const bytes of [[], [0x80], Array.from({ length: 12 }, () => 0xff)]) {
      expect(() => new ByteReader(Uint8Array.from(bytes)).count()).toThrow(RangeError);
    }
  });
});
