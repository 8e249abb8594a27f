import { describe, expect, it } from 'vitest';
import { capacityGain, type LaneModel } from './lane-model.ts';

const before: LaneModel = { lanes: 1, slotsPerLane: 100, holdSeconds: 1, afterCloseSeconds: 59 };

describe('the gain in capacity', () => {
  it('is by how much more can be sustained', () => {
    expect(capacityGain(before, { ...before, afterCloseSeconds: 0 })).toBeCloseTo(60, 12);
    expect(capacityGain(before, { ...before, slotsPerLane: 250 })).toBeCloseTo(2.5, 12);
    expect(capacityGain(before, before)).toBe(1);
  });

  it('is that of the slots where no connection ever ends', () => {
    const endless = { ...before, holdSeconds: Number.POSITIVE_INFINITY };
    expect(capacityGain(endless, { ...endless, lanes: 3 })).toBe(3);
    expect(capacityGain({ ...endless, slotsPerLane: 0 }, endless)).toBe(100);
  });

  it('is unbounded where connections end then and did not before, or take no time', () => {
    expect(capacityGain({ ...before, holdSeconds: Number.POSITIVE_INFINITY }, before)).toBe(Number.POSITIVE_INFINITY);
    const instant = { ...before, holdSeconds: 0, afterCloseSeconds: 0 };
    expect(capacityGain(before, instant)).toBe(Number.POSITIVE_INFINITY);
  });
});
