import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyPort, anyRange } from '../../test/kit/arbitraries.ts';
import { type FilterEntry, isTaken, runFilter } from '../../test/kit/inet-diag-bytecode.ts';
import { boundPortFilter, localPortFilter, NO_FILTER } from './inet-diag-filter.ts';

const anyEntry: fc.Arbitrary<FilterEntry> = fc.record({
  sourcePort: anyPort,
  destinationPort: fc.oneof(fc.constant(0), anyPort),
  bound: fc.boolean(),
});
/** The ports at and around the ends of a range matter most. */
const anyCase = fc
  .tuple(anyRange, anyEntry, fc.constantFrom('far', 'low', 'high'), fc.integer({ min: -1, max: 1 }))
  .map(([range, entry, near, off]) => ({
    range,
    entry: near === 'far' ? entry : { ...entry, sourcePort: Math.min(65_535, Math.max(1, range[near] + off)) },
  }));
const isIn = ({ low, high }: { low: number; high: number }, port: number): boolean => port >= low && port <= high;

describe('a filter that the kernel runs', () => {
  it('passes the sockets whose local port is in the range', () => {
    fc.assert(
      fc.property(anyCase, ({ range, entry }) => {
        expect(runFilter(localPortFilter(range), entry)).toBe(isIn(range, entry.sourcePort));
      }),
      { numRuns: 1_000 },
    );
  });

  it('passes the sockets in the range that have no other end or are bound to their port', () => {
    fc.assert(
      fc.property(anyCase, ({ range, entry }) => {
        const wanted = isIn(range, entry.sourcePort) && (entry.destinationPort === 0 || entry.bound);
        expect(runFilter(boundPortFilter(range), entry)).toBe(wanted);
      }),
      { numRuns: 1_000 },
    );
  });

  it("passes the kernel's audit, whatever the range", () => {
    fc.assert(
      fc.property(anyRange, (range) => {
        expect(isTaken(localPortFilter(range))).toBe(true);
        expect(isTaken(boundPortFilter(range))).toBe(true);
      }),
    );
  });

  it('would not pass the audit with any of its jumps changed', () => {
    // So the audit of this test can fail: no jump of these programs is free.
    const range = { low: 32_768, high: 60_999 };
    for (const program of [localPortFilter(range), boundPortFilter(range)]) {
      for (const at of [1, 2]) {
        const changed = program.slice();
        changed[at] = (changed[at] as number) + 2;
        expect(isTaken(changed)).toBe(false);
      }
    }
  });

  it('is none where everything passes: the kernel refuses an empty program', () => {
    expect(NO_FILTER).toHaveLength(0);
    expect(isTaken(NO_FILTER)).toBe(false);
  });
});
