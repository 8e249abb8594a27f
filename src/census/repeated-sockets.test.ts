import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { censusOf, lane, ports } from '../../test/kit/scans.ts';

const range = { low: 40_000, high: 40_019 };
const [SOURCE, BACKEND] = ['10.0.0.5', '10.0.1.9'];

describe('sockets that the kernel lists twice', () => {
  it('are counted once where a lane would hold more than the range has', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(19), { minLength: 1 }), fc.uniqueArray(fc.nat(19)), (again, second) => {
        const full = lane(SOURCE, BACKEND, 80, ports(40_000, 40_019));
        const other = lane(
          SOURCE,
          BACKEND,
          81,
          second.map((offset) => 40_000 + offset),
        );
        const repeated = lane(
          SOURCE,
          BACKEND,
          80,
          again.map((offset) => 40_000 + offset),
        );
        const census = censusOf({ range, sockets: [...full, ...other, ...repeated] });
        const [fullest] = census.lanes().filter(({ port }) => port === 80);
        expect(fullest).toMatchObject({ used: 20, slots: 20, free: 0, live: 20, states: { ESTABLISHED: 20 } });
        expect(census.lanes().find(({ port }) => port === 81)?.used ?? 0).toBe(second.length);
      }),
      { numRuns: 40 },
    );
  });

  it('are as good as any others where they do no harm', () => {
    const sockets = lane(SOURCE, BACKEND, 80, [40_000, 40_002, 40_000]);
    expect(censusOf({ range, sockets }).lane(0)).toMatchObject({ used: 3, free: 17 });
  });
});
