import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanPortsLookedAt } from './port-search.ts';

/** Over all ways in which so many ports can be taken, and that are looked at one by one. */
function countedMean(ports: number, taken: number): number {
  let [ways, looked] = [0, 0];
  for (let bits = 0; bits < 2 ** ports; bits += 1) {
    const isTaken = Array.from({ length: ports }, (_, port) => ((bits >>> port) & 1) === 1);
    if (isTaken.filter(Boolean).length !== taken) continue;
    ways += 1;
    looked += isTaken.indexOf(false) + 1;
  }
  return looked / ways;
}

describe('the search for a free port', () => {
  it('looks at as many ports as if they are counted', () => {
    for (let taken = 0; taken < 10; taken += 1) {
      expect(meanPortsLookedAt([10], taken)).toBeCloseTo(countedMean(10, taken), 9);
    }
  });

  it('looks at all ports of the first pass in vain before those of the second', () => {
    expect(meanPortsLookedAt([500, 500], 499)).toBe(250.5);
    expect(meanPortsLookedAt([500, 500], 500)).toBe(501);
    expect(meanPortsLookedAt([500, 500], 1_000)).toBe(1_000);
    expect(meanPortsLookedAt([1_000], 500)).toBeCloseTo(2, 2);
  });

  it('is never longer in one pass', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000 }), fc.nat(), (half, used) => {
        const taken = used % (2 * half + 1);
        expect(meanPortsLookedAt([2 * half], taken)).toBeLessThanOrEqual(meanPortsLookedAt([half, half], taken));
      }),
    );
  });
});
