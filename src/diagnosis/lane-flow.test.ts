import { describe, expect, it } from 'vitest';
import { balanced, openingOnly, sumFlows } from './lane-flow.ts';

describe('the flow of a lane that was watched', () => {
  it('closes as much as it opens where chance alone parts them, in the parts that were seen', () => {
    const seen = { opensPerSecond: 100, closesPerSecond: 80, timeWaitsPerSecond: 20, seconds: 2 };
    expect(balanced(seen)).toEqual({ opens: 100, freedAtOnce: 75, heldAfterClose: 25 });
  });

  it('grows where fewer close, and shrinks where more do, than chance would have it', () => {
    const leak = { opensPerSecond: 100, closesPerSecond: 40, timeWaitsPerSecond: 0, seconds: 2 };
    expect(balanced(leak)).toEqual({ opens: 100, freedAtOnce: 40, heldAfterClose: 0 });
    const shrinking = { opensPerSecond: 0, closesPerSecond: 40, timeWaitsPerSecond: 40, seconds: 2 };
    expect(balanced(shrinking)).toEqual({ opens: 0, freedAtOnce: 0, heldAfterClose: 40 });
  });

  it('takes a longer watch to be surer of it', () => {
    const seen = { opensPerSecond: 10, closesPerSecond: 4, timeWaitsPerSecond: 0 };
    expect(balanced({ ...seen, seconds: 1 })).toMatchObject({ freedAtOnce: 10 });
    expect(balanced({ ...seen, seconds: 60 })).toMatchObject({ freedAtOnce: 4 });
    expect(balanced(seen)).toEqual(balanced({ ...seen, seconds: 1 }));
  });
});

describe('the flow of a pool', () => {
  it('is that of its lanes together, as far as they are known', () => {
    expect(sumFlows([openingOnly(5), null, { opens: 3, freedAtOnce: 2, heldAfterClose: 1 }])).toEqual({
      ...{ opens: 8, freedAtOnce: 2, heldAfterClose: 6 },
    });
    expect(sumFlows([null, null])).toBeNull();
  });
});
