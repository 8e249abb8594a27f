import { describe, expect, it } from 'vitest';
import { EvenPace } from './even-pace.ts';

/** How many are due in each of some moments. */
function due(pace: EvenPace, moments: readonly number[]): number[] {
  return moments.map((now) => {
    let count = 0;
    while (pace.isTime(now)) count += 1;
    return count;
  });
}

describe('an even pace', () => {
  it('is one by one, from the beginning on', () => {
    expect(due(new EvenPace(4, 1, 10), [10, 10.1, 10.25, 10.5, 10.75, 11])).toEqual([1, 0, 1, 1, 1, 1]);
  });

  it('makes up for what little was missed', () => {
    expect(due(new EvenPace(4, 1, 0), [0, 0.75, 1])).toEqual([1, 3, 1]);
  });

  it('does not make up for more: never are more due in a time than its pace and what it may catch up with', () => {
    expect(due(new EvenPace(4, 0.5, 0), [0, 100, 100.25, 100.5])).toEqual([1, 3, 1, 1]);
  });
});
