import { describe, expect, it } from 'vitest';
import { RefusalCounts } from './refusal-counts.ts';

/** What one sample of these lanes records. */
function record(
  counts: RefusalCounts,
  lanes: Readonly<Record<string, number | null>>,
  settles = true,
): (number | null)[] {
  counts.begin();
  const since = Object.entries(lanes).map(([lane, count]) => counts.since(lane, count));
  if (settles) counts.settle();
  return since;
}

describe('refusals between two samples', () => {
  it('are what was added, from 0 on', () => {
    const counts = new RefusalCounts();
    expect(record(counts, { a: 3, b: 0 })).toEqual([3, 0]);
    expect(record(counts, { a: 3, b: 2 })).toEqual([0, 2]);
    expect(record(counts, { b: 4 })).toEqual([2]);
    expect(record(counts, { a: 10 })).toEqual([7]);
  });

  it('begin anew where the count does, and are not known where it is not', () => {
    const counts = new RefusalCounts();
    record(counts, { a: 9 });
    expect(record(counts, { a: 2 })).toEqual([2]);
    expect(record(counts, { a: null })).toEqual([null]);
  });

  it('of a sample that could not be recorded are those of the next in which the lane is', () => {
    const counts = new RefusalCounts();
    record(counts, { a: 1 });
    expect(record(counts, { a: 5, b: 1 }, false)).toEqual([4, 1]);
    expect(record(counts, { b: 1 })).toEqual([1]);
    expect(record(counts, { a: 6 })).toEqual([5]);
  });
});
