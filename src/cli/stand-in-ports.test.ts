import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstPassPorts, usablePorts } from '../tcp/capacity.ts';
import { LINUX_DEFAULT_RANGE, type PortRange, rangeSize } from '../tcp/port-range.ts';
import { PortSet } from '../tcp/port-set.ts';
import { standInPorts } from './stand-in-ports.ts';

function left(range: PortRange, slots: number, firstPass: number): readonly [slots: number, firstPass: number] {
  const pool = { range, reserved: standInPorts(range, slots, firstPass), blocked: new PortSet() };
  return [usablePorts(pool), firstPassPorts(pool)];
}

describe('ports that stand for those of which only the number is known', () => {
  it('are none where all ports are usable', () => {
    expect(standInPorts(LINUX_DEFAULT_RANGE, 28_232, 14_116).size).toBe(0);
  });

  it('leave as many slots, and as many of the first pass', () => {
    expect(left(LINUX_DEFAULT_RANGE, 28_231, 14_116)).toEqual([28_231, 14_116]);
    expect(left(LINUX_DEFAULT_RANGE, 28_231, 14_115)).toEqual([28_231, 14_115]);
    expect(left(LINUX_DEFAULT_RANGE, 20_000, 6_000)).toEqual([20_000, 6_000]);
    expect(left({ low: 40_001, high: 40_009 }, 3, 3)).toEqual([3, 3]);
    expect(left(LINUX_DEFAULT_RANGE, 0, 0)).toEqual([0, 0]);
  });

  it('are those at the top of the range', () => {
    expect([...standInPorts({ low: 40_000, high: 40_009 }, 7, 4)]).toEqual([40_007, 40_008, 40_009]);
  });

  it('leave the slots in any case, and of the first pass as many as can be', () => {
    const ranges = fc
      .tuple(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 0, max: 300 }))
      .map(([low, more]) => ({ low, high: low + more }));
    fc.assert(
      fc.property(ranges, fc.nat(400), fc.nat(400), (range, slots, firstPass) => {
        const [size, wanted] = [rangeSize(range), Math.min(slots, rangeSize(range))];
        const [leftSlots, leftFirst] = left(range, slots, firstPass);
        expect(leftSlots).toBe(wanted);
        const most = Math.min(wanted, Math.ceil(size / 2));
        const least = Math.max(0, wanted - Math.floor(size / 2));
        expect(leftFirst).toBe(Math.min(most, Math.max(least, firstPass)));
      }),
    );
  });
});
