import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyPort } from '../../test/kit/arbitraries.ts';
import {
  firstPassPorts,
  freeSlots,
  laneSlots,
  type PortPool,
  sustainableOpensPerSecond,
  usablePorts,
  utilization,
} from './capacity.ts';
import { LINUX_DEFAULT_RANGE, parsePortRange, rangeSize } from './port-range.ts';
import { PortSet } from './port-set.ts';
import { LINUX_TIME_WAIT_MS } from './time-wait.ts';

const NONE = new PortSet();
const TIME_WAIT_SECONDS = LINUX_TIME_WAIT_MS / 1_000;

/** A pool with its ports by kind; blocked ones are never reserved. */
const anyPool = fc
  .tuple(anyPort, fc.nat(200), fc.array(fc.nat(220), { maxLength: 60 }), fc.array(fc.nat(220), { maxLength: 60 }))
  .map(([low, more, reservedAt, blockedAt]): PortPool => {
    const at = (offset: number): number => Math.min(65_535, Math.max(0, low - 10) + offset);
    const reserved = PortSet.of(reservedAt.map(at));
    const blocked = PortSet.of(blockedAt.map(at).filter((port) => !reserved.has(port)));
    return { range: { low, high: Math.min(65_535, low + more) }, reserved, blocked };
  });

function portsOf({ range, reserved, blocked }: PortPool): number[] {
  const all = Array.from({ length: rangeSize(range) }, (_, index) => range.low + index);
  return all.filter((port) => !reserved.has(port) && !blocked.has(port));
}

describe('the ports that connect() can choose', () => {
  it('are those of the range that are neither reserved nor blocked', () => {
    fc.assert(
      fc.property(anyPool, (pool) => {
        expect(usablePorts(pool)).toBe(portsOf(pool).length);
      }),
    );
  });

  it("are tried in two passes, first those of the low end's parity", () => {
    fc.assert(
      fc.property(anyPool, (pool) => {
        const first = portsOf(pool).filter((port) => port % 2 === pool.range.low % 2);
        expect(firstPassPorts(pool)).toBe(first.length);
      }),
    );
  });

  it('are 28,232 by default, half of them before the cliff', () => {
    const pool = { range: LINUX_DEFAULT_RANGE, reserved: NONE, blocked: NONE };
    expect(usablePorts(pool)).toBe(28_232);
    expect(firstPassPorts(pool)).toBe(14_116);
  });
});

describe('the slots of a lane', () => {
  it('count the blocked ports that it uses itself', () => {
    fc.assert(
      fc.property(anyPool, fc.nat(), (pool, take) => {
        const blocked = [...pool.blocked].filter((port) => port >= pool.range.low && port <= pool.range.high);
        const own = blocked.slice(0, take % (blocked.length + 1));
        const others = PortSet.of(blocked.filter((port) => !own.includes(port)));
        expect(laneSlots(usablePorts(pool), own.length)).toBe(portsOf({ ...pool, blocked: others }).length);
      }),
    );
  });

  it.each([
    [100, 0, 0, 100, 0],
    [100, 100, 0, 0, 1],
    [100, 100, 100, 100, 0],
    [100, 60, 20, 60, 0.4],
    [100, 103, 0, 0, 1],
    [0, 0, 0, 0, 1],
    [28_232, 27_911, 0, 321, 1 - 321 / 28_232],
  ])('%i slots, %i used, %i reclaimable: %i free', (slots, used, reclaimable, free, full) => {
    expect(freeSlots(slots, used, reclaimable)).toBe(free);
    expect(utilization(slots, free)).toBeCloseTo(full, 12);
  });

  it('have an unknown free part where the reclaimable part is not known', () => {
    expect(freeSlots(100, 60, null)).toBeNull();
  });

  it('are never used to less than nothing or more than all', () => {
    fc.assert(
      fc.property(fc.nat(65_535), fc.nat(70_000), (slots, free) => {
        const ratio = utilization(slots, free);
        expect(ratio).toBeGreaterThanOrEqual(0);
        expect(ratio).toBeLessThanOrEqual(1);
        expect(ratio === 1).toBe(free === 0 || slots === 0);
      }),
    );
  });
});

describe('the opens per second that a lane sustains', () => {
  // Linux holds TIME_WAIT for 60 s; the article that named the problem takes 120 s and the range before Linux 4.2.
  it.each([
    ['32768-60999', TIME_WAIT_SECONDS, 470.5],
    ['32768-60999', 120, 235.3],
    ['32768-61000', 120, 235.3],
    ['1024-65535', TIME_WAIT_SECONDS, 1_075.2],
    ['32768-60999', 1, 28_232],
  ])('%s, held for %i s after the close: %d', (range, afterClose, expected) => {
    const slots = rangeSize(parsePortRange(range));
    expect(sustainableOpensPerSecond(slots, 0, afterClose)).toBeCloseTo(expected, 1);
  });

  it("are those at which the mean of used slots is all of them (Little's law)", () => {
    const seconds = fc.double({ min: 0.001, max: 1_000, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 65_535 }), seconds, seconds, (slots, hold, afterClose) => {
        const rate = sustainableOpensPerSecond(slots, hold, afterClose);
        expect(rate * hold + rate * afterClose).toBeCloseTo(slots, 6);
      }),
    );
  });
});
