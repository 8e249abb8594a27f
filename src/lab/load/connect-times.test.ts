import { describe, expect, it } from 'vitest';
import { type ConnectTimes, mediansByPart } from './connect-times.ts';

function fill(...microseconds: (number | null)[]): ConnectTimes {
  return { ports: [], microseconds };
}

describe('the cost of connect() by parts of a lane', () => {
  it('is the median of all fills', () => {
    expect(mediansByPart([fill(1, 2, 3, 9, 9, 9), fill(1, 1, 500, 8, 9, 10)], 2)).toEqual([2, 9]);
  });

  it('is that of what was measured', () => {
    expect(mediansByPart([fill(4, null, null, 9, null, 7)], 2)).toEqual([4, 9]);
  });

  it('has no more parts than the lane has slots', () => {
    expect(mediansByPart([fill(1, 2, 3)], 40)).toEqual([1, 2, 3]);
    expect(mediansByPart([fill()], 40)).toEqual([]);
  });

  it('leaves no slot out where parts are not alike', () => {
    expect(mediansByPart([fill(5, 1, 1, 7, 7, 7, 7)], 3)).toEqual([5, 7, 7]);
  });
});
